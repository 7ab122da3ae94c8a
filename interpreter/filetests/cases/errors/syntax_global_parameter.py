# test: run
# exit: 1
def f(a):
    global a
