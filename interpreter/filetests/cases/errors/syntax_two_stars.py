# test: run
# exit: 1
*a, *b = [1, 2, 3]
