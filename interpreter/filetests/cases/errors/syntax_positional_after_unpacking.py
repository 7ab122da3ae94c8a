# test: run
# exit: 1
f(**options, 5)
