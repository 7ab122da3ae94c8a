# test: run
# exit: 1
def f(a=1, b):
    pass
