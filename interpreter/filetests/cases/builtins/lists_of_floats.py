# test: run
"""Lists of nothing but floats, through every operation of a list, and what ends their being so."""

import copy
import gc
import operator
import sys
from fractions import Fraction

NAN = float("nan")
ODD = [1e300, -1e300, 5e-324, 1e-200, -0.0, 0.0, float("inf"), -float("inf"), 1.5]


class Own(list):
    pass


class Number(float):
    pass


def fresh():
    return [4.0, -0.0, 2.5, 1e300, 2.5]


# Identity.
for x in ODD + [NAN]:
    one = [x, 1.0]
    print(one[0] is x, x is one[0], id(one[0]) == id(x), operator.is_(x, one[0]), one[0])
big = fresh()
print(big[3] is big[3], big[3] is big[2], big[2] is big[4])
nan_list = [NAN, 1.0]
print(NAN in nan_list, nan_list.index(NAN), nan_list.count(NAN), nan_list == [NAN, 1.0])
other = NAN - NAN
quiet = [other, 2.0]
print(quiet[0] is other, other in quiet, quiet == [other, 2.0], float("nan") in quiet)
nan_list.remove(NAN)
print(nan_list)

# Each method.
a = fresh()
a.append(7.0)
a.append(1e-200)
print(a, len(a), a[-1], a[0], bool(a))
print(a.pop(), a.pop(0), a.pop(-2), a)
a.insert(0, 9.0)
a.insert(2, 8.5)
a.insert(100, -1.0)
print(a, a.index(8.5), a.count(2.5), 2.5 in a, 3.0 in a, 9 in a)
a.extend([1.0, 2.0])
a.extend((3.0, 4.0))
a.extend(x * 0.5 for x in range(3))
a.extend(a)
print(a)
a.remove(2.5)
a.reverse()
print(a, list(reversed(a))[:3])
b = a.copy()
a.sort()
b.sort(reverse=True)
print(a, b)
a.sort(key=lambda x: -x)
print(a == b, sorted(b, key=abs)[:4], sorted(b)[:3])
a.clear()
print(a, len(a))
a.append(1)
a.append(2.0)
print(a)
for item in (3, None, "x", True, Fraction(1, 3), Number(2.0), 10**40, 1j, [1.0]):
    c = fresh()
    c[1] = item
    d = fresh()
    d.append(item)
    e = fresh()
    e.insert(2, item)
    f = fresh()
    f += [item, 1.0]
    g = fresh()
    g[1:3] = [item]
    h = [1.5, item]
    i = [item, 1.5]
    print(c, d, e, f, g, h, i, [type(x).__name__ for x in c], c[1] is item, d[-1] is item)
    c[1] = 1.25
    print(c, c.count(1.25))

# Slices.
a = [float(x) for x in range(10)]
print(a[2:5], a[::-1], a[8:2:-2], a[5:2], a[:], a[-3:])
a[2:4] = [20.0, 30.0, 40.0]
a[0:0] = (0.25, 0.5)
a[5:6] = []
print(a)
a[::2] = [1.0] * len(a[::2])
print(a)
a[::-3] = [None] * len(a[::-3])
print(a)
a = [float(x) for x in range(10)]
a[1:3] = a
print(a)
a[2:4] = [1, 2]
print(a)
a = [float(x) for x in range(10)]
del a[0], a[-1], a[2:4]
print(a)
del a[::2]
print(a)
del a[:]
print(a)
a.append("x")
a.append(0.5)
print(a)
try:
    [1.0, 2.0, 3.0][::2] = [1.0]
except ValueError as error:
    print(error)
for wrong in (lambda: [1.0][1], lambda: [1.0].pop(3), lambda: [1.0].remove(2.0)):
    try:
        wrong()
    except (IndexError, ValueError) as error:
        print(type(error).__name__, error)

# Operators and builtins.
a, b = [1.0, 2.0], [3.0]
print(a + b, a + [1], [1] + a, a * 3, 2 * b, a * 0, [0.0] * 4, a == [1.0, 2.0], a == [1, 2])
print(a < b, a <= a, b > a, a != b, a == a + b, [1.0, NAN] < [1.0, 2.0])
a += b
a *= 2
print(a, sum(a), min(a), max(a), any(a), all(a), tuple(a), set(a), dict(enumerate(a)))
print(list(zip(a, b)), list(map(abs, a)), [x for x in a if x > 1], repr(a), str(a))
print(*a, sep="|")
x, y, *rest = a
print(x, y, rest)
(p, q), [r] = [1.5, 2.5], [3.5]
print(p, q, r)
match a:
    case [first, *_, last]:
        print(first, last)
print(a.__sizeof__() > 0, sys.getsizeof(a) > 0, [1.0] in gc.get_referents([[1.0], 2.0]))
print(copy.copy(a), copy.deepcopy([a, a]), a.__contains__(3.0), a.__len__(), a.__getitem__(1))
print([[1.0, 2.0], [3.0]][0][1], [[0.0] * 2 for _ in range(2)], ["%.1f" % v for v in a])
print(list((1.0, 2.0)), list([1.0]), list(iter([2.5])), list("ab"), list(range(2)))
print(hash((1.0, *a)) == hash((1.0,) + tuple(a)), "{} {}".format(*a), max([1.0, 2], [1.0, 1.0]))
own = Own([1.0, 2.0])
own.append(3.0)
own[0] = -0.0
own.append("x")
print(own, own[1:], own == [-0.0, 2.0, 3.0, "x"], type(own[:]).__name__, own + [1.0])
print(-0.0 in [0.0], [0.0].index(-0.0), str([-0.0, 0.0]), [1.0, -0.0][1])
print(sorted([2.0, 1, 1.5, True, 0.5]), sorted([0.0, -0.0, 0]), sorted([-0.0, 0.0], reverse=True))

# Changed while iterated over.
a = [1.0, 2.0, 3.0]
seen = []
for item in a:
    seen.append(item)
    if item == 2.0:
        a.append("end")
    if item == "end":
        a[0] = None
print(seen, a)
a = [3.0, 1.0, 2.0]
for item in a:
    if len(a) < 6:
        a.append(item)
    elif item == 2.0 and a[0] == 3.0:
        a.clear()
print(a)


class Spy(float):
    def __lt__(self, other):
        print("lt", len(spied))
        return float.__lt__(self, other)


spied = [2.0, Spy(1.0), 3.0]
spied.sort()
print(spied)
spied = [2.0, 1.0, 3.0]
try:
    spied.sort(key=lambda x: spied.append(x) or x)
except ValueError as error:
    print(error, spied)

# Emptied and refilled with other things, back and forth.
a = []
for filling in ([1.0], [1], [2.0, 3.0], ["x"], [None, 1.0], [1.0, None], [1e300], [NAN]):
    a += filling
    a.extend(filling)
    print(a, end=" ")
    while a:
        a.pop()
    a.extend(filling)
    print(a, end=" ")
    del a[:]
    for item in filling:
        a.append(item)
    print(a)
    a.clear()
