# test: run
# exit: 1
x = 0o9
