# test: run
# exit: 1
5 = x
