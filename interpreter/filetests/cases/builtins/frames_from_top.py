# test: run
# Frames that are asked for: the nearest, those below it, what they hold, and that there is none.
import sys


def chain(frame):
    names = []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def inner(depth):
    mine = depth * 2
    return sys._getframe(depth)


def middle(depth):
    own = "middle"
    return inner(depth)


def outer(depth):
    captured = "outer"

    def hold():
        return captured

    return middle(depth), hold()


for depth in range(4):
    frame, _ = outer(depth)
    print(chain(frame))
    print(sorted(name for name in frame.f_locals if not name.startswith("__"))[:4])
    print(frame.f_back is frame.f_back)
try:
    sys._getframe(1000)
except ValueError as error:
    print(error)


def deep(n):
    if n == 0:
        return sys._getframe()
    return deep(n - 1)


frame = deep(150)
print(frame.f_locals["n"], frame.f_back.f_locals["n"], frame.f_back.f_back.f_locals["n"], len(chain(frame)))


def caller():
    return sys._getframe(1).f_code.co_name, sys._getframe().f_back.f_lineno


def looped(n):
    for i in range(n):
        told = caller()
    return told


print(looped(300))
print(list(caller() for _ in range(2)))


class Many:
    def __init__(self, number):
        for at in range(number):
            setattr(self, f"a{at}", at)


def dicts(n):
    total = 0
    for i in range(n):
        made = Many(i % 30)
        items = made.__dict__
        items["more"] = i
        made.a0 = 5
        total += len(items) + items.get("a7", 0) + made.more + items["a0"]
    return total


print(dicts(200))


class Meta(type):
    def __eq__(self, other):
        return type(other) is Meta

    def __hash__(self):
        return 5


class Odd(metaclass=Meta):
    pass


class Even(metaclass=Meta):
    pass


class Counting(type):
    pass


class Counted(metaclass=Counting):
    pass


def by_class(table, things, n):
    found = []
    for i in range(n):
        for thing in things:
            found.append(table.get(type(thing)))
            if type(thing) in table:
                found.append(table[type(thing)])
    return found[-8:]


table = {int: "int", str: "str", Many: "many", Counted: "counted"}
print(by_class(table, [1, "a", Many(0), Counted(), 1.5], 60))
table[Odd] = "odd"
print(by_class(table, [1, Odd(), Even(), Many(0)], 60))
Counting.__eq__ = lambda self, other: True
Counting.__hash__ = lambda self: hash(int)
print(by_class(table, [1, Counted()], 60))
