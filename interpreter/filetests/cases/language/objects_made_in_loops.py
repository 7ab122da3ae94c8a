# test: run
# Objects whose classes have a `__new__` in Python, fields of named tuples, `__class__`, and attributes that no
# method of the class names.
from collections import namedtuple
from dataclasses import dataclass
from typing import NamedTuple

Pair = namedtuple("Pair", "left right", defaults=(5,))


class Named(NamedTuple):
    first: int
    second: float = 0.5

    def total(self):
        return self.first + self.second


class Longer(Pair):
    def __new__(cls, left, *rest, more=0):
        made = super().__new__(cls, left + more)
        made.rest = rest
        return made

    @property
    def right(self):
        return "own"


class Even(int):
    def __new__(cls, value):
        if value % 2:
            return f"odd {value}"
        return super().__new__(cls, value)


class Once:
    made = 0

    def __new__(cls, *args, **kwargs):
        Once.made += 1
        if args and args[0] == 7:
            raise ValueError("seven")
        return super().__new__(cls)


class Initialised(Once):
    def __init__(self, value):
        self.value = value


class Meta(type):
    def __call__(cls, *args):
        return "by meta", super().__call__(*args)


class WithMeta(metaclass=Meta):
    def __new__(cls, value):
        return value * 2


@dataclass
class Data:
    x: int
    y: float = 1.5


@dataclass(order=True, slots=True)
class Slotted:
    x: int
    y: float = 1.5


class Bare:
    pass


class Other:
    pass


class Claims:
    __class__ = property(lambda self: int)


def named(count):
    total = 0
    for n in range(count):
        pair = Pair(n)
        total += pair.left * pair.right
        total += Named(n).total() + Named(first=1, second=n).second
        longer = Longer(n, n, n, more=2)
        total += longer.left + len(longer.rest) + len(longer.right) + longer[1]
    return total


def made(count):
    seen = []
    for n in range(count):
        seen.append(Even(n))
        try:
            seen.append(type(Once(n % 9)).__name__)
        except ValueError as error:
            seen.append(str(error))
        try:
            seen.append(Initialised(n % 8).value)
        except ValueError as error:
            seen.append(str(error))
        seen.append(WithMeta(n))
        try:
            Pair(1, 2, n)
        except TypeError as error:
            seen.append(str(error))
    return seen


def compared(count):
    equal = 0
    for n in range(count):
        equal += Data(n) == Data(7) or Data(n, 2) == Data(n, 2.0)
        equal += Slotted(n) < Slotted(20)
        equal += Data(n) == Slotted(n)
    return equal


def classes(count):
    seen = []
    for n in range(count):
        one = Bare()
        one.a, one.b, one.c = n, n + 1, n + 2
        if n % 4 == 3:
            del one.b
            one.d = 4
        seen.append((one.__class__.__name__, sorted(one.__dict__.items())))
        if n % 3 == 0:
            one.__class__ = Other
        seen.append((one.__class__ is Other, one.a + one.c, type(one).__name__))
        two = Claims()
        seen.append((two.__class__, type(two).__name__, isinstance(two, int)))
        for value in (n, "text", [n], two.__class__, None):
            seen.append(value.__class__.__name__)
    return seen


print(named(300))
seen = made(200)
print(len(seen), Once.made, seen[:12], seen[-20:])
print(compared(200))
seen = classes(200)
print(len(seen), seen[:18], seen[-9:])

# What is changed after code for it was made.
Pair.left = 100
print(named(100))
del Pair.left
try:
    named(2)
except AttributeError as error:
    print(error)
Even.__new__ = lambda cls, value: "another"
Once.__init__ = lambda self, *args: print("initialised", args)
print(made(3))
Pair.__new__ = lambda cls, *args: tuple.__new__(cls, (9, 9))
print(Pair(), Pair(1, 2, 3))
