# test: run
# exit: 1
def f():
    from math import *
