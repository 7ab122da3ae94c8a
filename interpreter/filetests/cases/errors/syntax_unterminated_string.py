# test: run
# exit: 1
text = "no end
print(text)
