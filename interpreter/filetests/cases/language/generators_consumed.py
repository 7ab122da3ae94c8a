# test: run
"""Builtins that drive a generator: their results, their errors, what a program sees of them."""
import sys
import traceback
from fractions import Fraction


def numbers(*items):
    for item in items:
        yield item


def failing(count):
    for item in range(count):
        yield item
    raise KeyError("at the end")


def names(error):
    return [entry.name for entry in traceback.extract_tb(error.__traceback__)]


def attempt(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__, error, names(error))


# ---- results

attempt(lambda: sum(x * x for x in range(10)))
attempt(lambda: sum((x for x in range(10)), 100))
attempt(lambda: sum((x for x in range(10)), start=2.5))
attempt(lambda: sum(x % 3 == 0 for x in range(10)))
attempt(lambda: sum(x * 0.5 for x in range(10)))
attempt(lambda: sum(numbers(1, 2.5, True, 3)))
attempt(lambda: sum(numbers()))
attempt(lambda: sum(numbers(1 << 59, 1 << 59, 1 << 59, 1 << 59)))
attempt(lambda: sum(numbers(1 << 60, 1 << 70, -(1 << 60), 0.5)))
attempt(lambda: sum(numbers(Fraction(1, 2), Fraction(1, 3))))
attempt(lambda: sum(numbers(1, Fraction(1, 2), 0.25)))
attempt(lambda: sum(numbers(1, 2j, 3.0)))
attempt(lambda: sum(numbers(float("inf"), 1.0, 2.0)))
attempt(lambda: sum(numbers(float("inf"), float("-inf"))))
attempt(lambda: sum(numbers(1e308, 1e308, -1e308)))
attempt(lambda: sum(numbers([1], [2]), []))
attempt(lambda: sum(numbers("a"), ""))
attempt(lambda: sum(numbers("a")))
attempt(lambda: sum(numbers(1.5, "a")))
attempt(lambda: any(x > 3 for x in range(10)))
attempt(lambda: any(x > 30 for x in range(10)))
attempt(lambda: any(numbers([], "", 0, [0])))
attempt(lambda: all(x < 3 for x in range(10)))
attempt(lambda: all(numbers()))
attempt(lambda: min(abs(x - 4) for x in range(10)))
attempt(lambda: min((x for x in range(10)), key=lambda x: -x))
attempt(lambda: min(numbers(), default="none"))
attempt(lambda: min(numbers(), default=None, key=len))
attempt(lambda: min(numbers()))
attempt(lambda: max(numbers()))
attempt(lambda: max(numbers("a", "ccc", "bb"), key=len))
attempt(lambda: max(numbers(1, 2.0, True, 2)))
attempt(lambda: max(numbers(1, "a")))
attempt(lambda: max(numbers(1), numbers(2)))
attempt(lambda: max((x for x in range(3)), default=1, other=2))
attempt(lambda: sorted((x * 7 % 5 for x in range(5))))
attempt(lambda: sorted((x for x in "hello"), key=ord, reverse=True))
attempt(lambda: sorted(numbers(1, "a")))
attempt(lambda: sorted(numbers(3, 1), 5))
attempt(lambda: list(x for x in range(3)))
attempt(lambda: tuple(x for x in range(3)))
attempt(lambda: sorted(set(x % 3 for x in range(10))))
attempt(lambda: sorted(frozenset(x % 3 for x in range(10))))
attempt(lambda: type(frozenset(numbers())))
attempt(lambda: set(numbers([])))
attempt(lambda: ",".join(str(x) for x in range(5)))
attempt(lambda: ",".join(x for x in numbers("a", 1)))
attempt(lambda: list(x for x in range(3) if sum(y for y in range(x)) > 0))
attempt(lambda: sum(sum(y for y in range(x)) for x in range(10)))

# ---- exceptions thrown inside

for consume in (sum, any, all, min, max, sorted, list, tuple, set, frozenset):
    generator = failing(0 if consume is any else 3)
    if consume is all:
        generator = failing(0)
    attempt(lambda: consume(generator))
    print(next(generator, "finished"))
attempt(lambda: "".join(failing(0)))


def stopping():
    yield 1
    raise StopIteration(2)


attempt(lambda: list(stopping()))

# ---- one that is left early goes on

generator = (x for x in range(10))
print(any(x > 3 for x in generator), next(generator))
generator = numbers(0, 1, 2, 3)
print(any(generator), next(generator), all(generator), list(generator))
generator.close()
print(sum(generator), list(generator), min(generator, default=-1))

# ---- one that runs already


def reentrant():
    yield 1
    yield sum(generator)


generator = reentrant()
attempt(lambda: list(generator))

# ---- what it sees of its surroundings


def callers():
    frame = sys._getframe()
    found = []
    while frame is not None and frame.f_code.co_name != "<module>":
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    yield found


def calling():
    return list(callers())


print(calling())

target = [0]
target.extend(len(target) for _ in range(5))
print(target)


class Sub(list):
    pass


sub = Sub("ab")
sub.extend(x for x in range(3))
print(sub, type(sub))

secret = 5
print(max(numbers("secret", "secret + 1"), key=eval))


def with_locals():
    hidden = 7
    return max(numbers("hidden", "hidden - 8"), key=lambda text: eval(text, {"hidden": hidden}))


print(with_locals())

# ---- names that are no longer what they were


class Builtins:
    pass


import builtins

kept = builtins.tuple
builtins.tuple = list
try:
    print(kept(x for x in range(2)), tuple(x for x in range(2)))
finally:
    builtins.tuple = kept

# ---- keywords that do not fit

attempt(lambda: sum((x for x in range(3)), begin=1))
attempt(lambda: any((x for x in range(3)), 1))
attempt(lambda: list((x for x in range(3)), 1))
attempt(lambda: sum((x for x in range(3)), 1, start=2))
