# test: run
# Contexts of exceptions that are thrown into generators, or raised once more; what a generator
# handles when another resumes it.
import sys


def show(label, error):
    chain = []
    while error is not None:
        chain.append(repr(error))
        error = error.__context__
    print(label, " <- ".join(chain))


def catches():
    try:
        yield "start"
    except Exception as error:
        show("thrown", error)
        yield "caught"
    print("handled after", repr(sys.exception()))
    yield "end"


generator = catches()
next(generator)
try:
    raise KeyError("outside")
except KeyError:
    print(generator.throw(ValueError("in")))
    print(next(generator))


def handles():
    try:
        raise KeyError("inside")
    except KeyError:
        yield "start"


def delegates(inner):
    try:
        raise KeyError("around")
    except KeyError:
        yield from inner


def plain():
    yield


for made in (handles(), delegates(plain()), delegates(handles())):
    next(made)
    try:
        made.throw(ValueError("in"))
    except ValueError as error:
        show("left", error)


def suspended_in_handler():
    print("before", repr(sys.exception()))
    try:
        raise ValueError("own")
    except ValueError:
        yield 1
        print("own", repr(sys.exception()))
        try:
            raise OSError("nested")
        except OSError:
            yield 2
        yield 3
    print("after", repr(sys.exception()))
    yield 4


generator = suspended_in_handler()
for outside in (IndexError("a"), KeyError("b"), TypeError("c"), None):
    if outside is None:
        print(next(generator), sys.exception())
        continue
    try:
        raise outside
    except Exception:
        print(next(generator), repr(sys.exception()))


def raised_again():
    try:
        try:
            raise KeyError("first")
        except KeyError:
            raise ValueError("second")
    except ValueError as error:
        kept = error
    try:
        raise IndexError("third")
    except IndexError:
        raise kept


try:
    raised_again()
except ValueError as error:
    show("again", error)

try:
    error = ValueError("given one")
    error.__context__ = KeyError("by hand")
    try:
        raise IndexError("handled")
    except IndexError:
        raise error
except ValueError as error:
    show("given", error)

error = ValueError("kept")
error.__context__ = KeyError("by hand")
try:
    raise error
except ValueError as error:
    show("kept", error)


class Odd(Exception):
    def __new__(cls):
        return 5


def raise_odd():
    raise Odd


def raise_from_odd():
    raise ValueError from Odd


for action in (raise_odd, raise_from_odd):
    try:
        action()
    except TypeError as error:
        print(error)


def contexts_in_loops(count):
    found = 0
    for number in range(count):
        kept = ValueError(number)
        kept.__context__ = KeyError(number)
        try:
            try:
                raise IndexError(number)
            except IndexError:
                raise kept
        except ValueError as error:
            found += isinstance(error.__context__, IndexError)
    return found


print(contexts_in_loops(300))
