# test: run
# exit: 1
raise ValueError
