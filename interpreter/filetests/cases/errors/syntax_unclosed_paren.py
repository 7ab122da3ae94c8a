# test: run
# exit: 1
total = (1 + 2
print(total)
