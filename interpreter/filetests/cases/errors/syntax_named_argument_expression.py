# test: run
# exit: 1
f(a + b=5)
