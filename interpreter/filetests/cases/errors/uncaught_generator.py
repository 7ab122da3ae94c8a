# test: run
# exit: 1
def numbers():
    yield 1
    raise LookupError("inside the generator")


def total():
    return sum(n for n in numbers())


total()
