# test: run
# exit: 1
continue
