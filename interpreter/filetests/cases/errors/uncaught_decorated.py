# test: run
# exit: 1
def wrap(function):
    def inner(*args):
        return function(*args)

    return inner


@wrap
@wrap
def target(x):
    return x.nope


target(5)
