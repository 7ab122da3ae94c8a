# test: run
# exit: 1
x = "\x4"
