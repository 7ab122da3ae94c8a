# test: run
# exit: 1
f = lambda x: return x
