# test: run
# exit: 1
for item in 5:
    print(item)
