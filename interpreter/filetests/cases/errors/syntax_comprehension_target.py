# test: run
# exit: 1
[x + 1 for x + 1 in y]
