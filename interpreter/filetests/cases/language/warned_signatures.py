# test: run
# `~` of a boolean, and `throw` with more than one argument, go on but warn.
import warnings

seen = []
warnings.simplefilter("always")
warnings.showwarning = lambda message, category, filename, line, *rest: seen.append((category.__name__, str(message)[:40], line))


def told():
    found = sorted(set(seen)), len(seen)
    seen.clear()
    return found


def inverted(values):
    return [~value for value in values]


print(inverted([1, 0, 5]), told())
print(inverted([True, False, 7]), told())
print(sum(inverted([True] * 500)), told())
print(True.__invert__(), told())


def items():
    while True:
        try:
            yield 1
        except ValueError as error:
            print(repr(error))


x = items()
next(x)
x.throw(ValueError, 5)
x.throw(ValueError, ValueError(6), None)
x.throw(ValueError(7))
print(told())
try:
    x.throw(ValueError, 8, 9)
except TypeError as error:
    print(error)

warnings.simplefilter("error")
values = [True]
try:
    ~values[0]
except DeprecationWarning as error:
    print("raised", str(error)[:20])
try:
    x.throw(ValueError, 5)
except DeprecationWarning as error:
    print("raised", str(error)[:20])
print(next(x))
