# test: run
# exit: 1
def outer(n):
    value = n + 1
    return inner(value)


def inner(value):
    return value + "text"


outer(1)
