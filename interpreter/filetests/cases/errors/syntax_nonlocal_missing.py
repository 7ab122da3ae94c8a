# test: run
# exit: 1
def f():
    nonlocal missing
    missing = 1
