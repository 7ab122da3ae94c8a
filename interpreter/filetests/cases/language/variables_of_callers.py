# test: run
# What a called function sees of the variables of the frames below it, whatever keeps them.
import sys
from functools import reduce


def variable(name, depth=2):
    return sys._getframe(depth).f_locals.get(name, "missing")


def carried(n):
    wrong = []
    total = 0
    for i in range(n):
        seen = reduce(lambda a, b: variable("total"), (1, 2))
        if seen != total:
            wrong.append((i, seen, total))
        total += i
    return wrong[:3]


def by_method(n):
    class Shown:
        def __str__(self):
            return str(sys._getframe(1).f_locals.get("twice"))

    wrong, shown = [], Shown()
    for i in range(n):
        twice = i * 2
        text = "%s" % (shown,)
        if text != str(twice):
            wrong.append((i, text, twice))
    return wrong[:3]


def half(x):
    part = x * 0.5
    items = [x]
    later = reduce(lambda a, b: (variable("part"), variable("items"), variable("later")), (1, 2))
    return part, items, later


def followed(n):
    wrong = []
    for i in range(n):
        part, items, seen = half(i)
        if seen != (part, items, "missing"):
            wrong.append((i, seen))
    return wrong[:3]


def named(n):
    wrong, t = [], 0.25
    for i in range(n):
        here = locals()
        if here["i"] != i or here["t"] != t or ("u" in here) != (i > 0):
            wrong.append((i, here))
        t = t * 1.5 if t < 1e300 else 0.125
        u = i
        del here
    return wrong[:3]


def generated(n):
    for i in range(n):
        k = -i
        yield reduce(lambda a, b: variable("k"), (1, 2)), k


class Number:
    def __init__(self, x):
        self.x = x
        after = x + 1
        self.seen = reduce(lambda a, b: variable("after"), (1, 2))
        self.after = after

    def __add__(self, other):
        difference = self.x - other.x
        return Number(reduce(lambda a, b: variable("difference"), (1, 2)) + difference * 0)


def objects(n):
    wrong, zero = [], Number(0)
    for i in range(n):
        one = Number(i)
        both = one + zero
        if one.seen != one.after or both.x != i:
            wrong.append((i, one.seen, both.x))
    return wrong[:3]


def deep(n):
    mine = n
    if n == 0:
        seen, frame = [], sys._getframe(0)
        while frame is not None and frame.f_code is deep.__code__:
            seen.append(frame.f_locals["mine"])
            frame = frame.f_back
        return seen
    return deep(n - 1)


def evaluated(n):
    total = 0
    for i in range(n):
        double = i * 2
        total += eval("i + double")
    return total


def named_by_code(n):
    # What only calls: the function that it calls asks for a frame by its code.
    return [who() for _ in range(n)][-1]


def who():
    return sys._getframe(1).f_code.co_name, sys._getframe().f_code.co_name


print(carried(3000), by_method(3000), followed(3000), named(3000), objects(3000))
print([pair for pair in generated(3000) if pair[0] != pair[1]][:3])
print([n for n in range(300) if deep(n % 20) != list(range(n % 20 + 1))][:3])
print(evaluated(3000), named_by_code(3000))
