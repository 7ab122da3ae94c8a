# test: run
# exit: 1
def f(a, b):
    return a


arguments = [1, 2, 3]
f(*arguments, **{"b": 2})
