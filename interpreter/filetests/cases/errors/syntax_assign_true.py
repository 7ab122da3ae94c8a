# test: run
# exit: 1
True = 1
