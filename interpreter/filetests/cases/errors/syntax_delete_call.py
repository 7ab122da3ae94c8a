# test: run
# exit: 1
del f()
