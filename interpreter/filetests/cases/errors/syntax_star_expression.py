# test: run
# exit: 1
*values
