# test: run
# exit: 1
None = 5
