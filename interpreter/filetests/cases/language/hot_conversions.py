# test: run
"""Builtins that ask an object by a special method in Python: what they give, and what they refuse."""

import math

N = 300


class Number:
    def __init__(self, value):
        self.value = value

    def __int__(self):
        return self.value

    def __float__(self):
        return self.value

    def __hash__(self):
        return self.value

    def __repr__(self):
        return self.value

    def __str__(self):
        return self.value

    def __bool__(self):
        return self.value

    def __abs__(self):
        return self.value

    def __round__(self, digits=None):
        return self.value, digits

    def __floor__(self):
        return self.value, "floor"

    def __ceil__(self):
        return self.value, "ceil"

    def __trunc__(self):
        return self.value, "trunc"

    def __iter__(self):
        return self.value

    def __len__(self):
        return self.value


class Below(Number):
    pass


class Walk:
    def __init__(self, n):
        self.n = n

    def __next__(self):
        if not self.n:
            raise StopIteration("the end")
        self.n -= 1
        return self.n


class Giver:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i * i


class Flag(int):
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def loop(function, *args):
    """What the function gives at last, called often from one place."""
    found = None
    for _ in range(N):
        found = attempt(function, *args)
    return found


asking = [lambda v: int(v), lambda v: float(v), lambda v: hash(v), lambda v: repr(v), lambda v: str(v),
          lambda v: bool(v), lambda v: abs(v), lambda v: round(v), lambda v: round(v, 2), lambda v: math.floor(v),
          lambda v: math.ceil(v), lambda v: math.trunc(v), lambda v: len(v), lambda v: list(iter(v)),
          lambda v: round(v, None)]
values = [3, -1, 2 ** 61 - 2, 2 ** 70, -2 ** 63, 1.5, "text", None, (), Flag(4), Flag(-1), iter([1, 2])]
for ask in asking:
    shown = []
    for value in values:
        if isinstance(value, Flag) and ask in asking[:6]:
            continue
        if value == 2 ** 70 and ask is asking[12]:
            continue
        if value is None or not hasattr(value, "__next__"):
            shown.append(loop(ask, Number(value)))
    print(*shown, sep="; ")
print([type(loop(ask, Number(True if ask is asking[5] else 1))).__name__ for ask in asking[5:]], loop(int, Below("a")), loop(repr, Below(3)))
print(loop(lambda v: list(iter(v)), Giver(5)), loop(lambda v: sum(iter(v)), Giver(30)), loop(lambda v: type(iter(v)).__name__, Giver(0)))


def steps(n):
    walk, total = Walk(n), 0
    while True:
        try:
            total += next(walk)
        except StopIteration as stop:
            return total, stop.args


print(steps(3000), attempt(next, Walk(0)), attempt(next, Giver(1)), next(Walk(0), "default"))


# The method changes, or is gone, between two calls.

class Changing:
    def __int__(self):
        return 1

    def __abs__(self):
        return 1


def ask_often(value):
    total = 0
    for i in range(N):
        total += int(value) + abs(value)
    return total


changing = Changing()
print(ask_often(changing), end=" ")
Changing.__int__ = lambda self: 5
Changing.__abs__ = lambda self, more=7: more
print(ask_often(changing), end=" ")
del Changing.__int__
Changing.__index__ = lambda self: 9
print(ask_often(changing))


# Errors come from where the method raised.

class Failing:
    def __hash__(self):
        raise KeyError("hash")

    def __repr__(self):
        return 1 / 0

    def __int__(self):
        return int(self.missing)


print(loop(hash, Failing()), loop(repr, Failing()), loop(lambda v: int(v), Failing()), loop(lambda v: hash(v), Failing()))
