# test: run
"""Builtins that call a Python function with each item: what they give, and their errors."""

from functools import reduce
from itertools import count, chain

N = 300


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __repr__(self):
        return f"({self.x}, {self.y})"


class Half:
    def __radd__(self, other):
        return other + .5


class Meter(int):
    def __radd__(self, other):
        return Meter(int(self) + other)


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def add(a, b):
    return (a * 3 + b) % 65537


def fails(n, *more):
    if n == 90:
        raise KeyError(n)
    return -n


vectors = [Vector(i, -i) for i in range(N)]
for _ in range(20):
    reduced = (reduce(add, range(N)), reduce(add, range(N), 7), reduce(add, [], None), reduce(add, [5]),
               reduce(lambda a, b: b, [None] * N, 4), reduce(add, iter([1, 2])), reduce(add, (n for n in range(N))), reduce(add, chain([1], range(N))))
    least = (min(range(N), key=lambda n: n * 7 % 300), max(range(N), key=lambda n: n * 7 % 300),
             min([], key=abs, default=4), min([], key=lambda n: n, default=None),
             max("banana", key=lambda c: c), min({3: 1, 2: 5}, key=lambda k: -k),
             max([.5] * N + [1.5], key=lambda f: f), max(3, -9, key=lambda n: n * n),
             max([3, -3, 2], key=lambda n: n * n), min(vectors, key=lambda v: v.y))
    summed = (sum(vectors), sum(vectors[1:], vectors[0]), sum(tuple(vectors)), sum([Half(), 1, .1, .2, .3]),
              sum([Half()] * 3), sum(v for v in vectors),
              sum([Meter(1)] * 5), type(sum([Meter(1)] * 5)).__name__, sum([.1] * 10), sum([1, Half()]))
    mapped = (sum(map(lambda a, b, c: a * b - c, range(N), range(N), range(N))),
              list(map(lambda a, b, c: (a, b, c), "ab", [1, 2, 3], count())), sum(map(int, ["1", "22"] * N)),
              list(map(str, range(12))), sum(map(len, ["abc", ()] * N)), list(map(str.upper, "abc")),
              sum(map([3, 4].__getitem__, [0, 1] * N)), list(map(Vector, (1, 2), (3, 4))), list(map(max, [1, 5], [4, 2])),
              len(list(map(Half, *[()] * 3))), ",".join(map(str, range(5))))
    filtered = (list(filter(None, [0, 1, "", "a", None, (), vectors[0]])), len(list(filter(None, range(N)))),
                sum(filter(bool, range(N))), list(filter(str.isdigit, "a1b2")), sum(filter(None, (n % 3 for n in range(N)))))
    keyed = (sorted(range(20), key=lambda n: n * 7 % 20), sorted("bca", key=lambda c: c, reverse=True),
             sorted([3, 1, 2], key=None), sorted((n for n in [3, 1]), key=lambda n: -n))
    errors = [attempt(reduce, add, []), attempt(reduce, fails, range(N)),
              attempt(reduce, lambda a: a, range(3)), attempt(min, [], key=lambda n: n), attempt(min, 5, key=lambda n: n),
              attempt(max, range(N), key=fails), attempt(max, [1], key=lambda n: n, other=3),
              attempt(min, [1, "a"], key=lambda n: n), attempt(sum, vectors, ""), attempt(sum, [vectors[0], 5]),
              attempt(sum, [Half(), "a"]), attempt(list, map(fails, range(N), range(N), range(N))),
              attempt(sorted, range(N), key=fails), attempt(sorted, [1, "a"], key=lambda n: n),
              attempt(list, map(int, ["1", "x"])), attempt(min, range(N), lambda n: n),
              attempt(list, filter(fails, range(N))), attempt(list, filter(3, [1])), attempt(list, map(None, [1]))]
for shown in reduced, least, summed, mapped, filtered, keyed:
    print(*shown, sep="; ")
print(*errors, sep="\n")


# What changes between two calls is seen.

def call(function):
    return reduce(function, range(5)), max(range(5), key=lambda n: function(n, 1))


for i in range(N):
    found = call(add if i % 50 else lambda a, b: a - b)
print(found)


def total(values):
    return sum(values)


mixed = [[1, 2], [.1] * 10, vectors[:3], [Half(), .1, .1], (Vector(1, 1),), [True, 2], [], ()]
for i in range(N):
    found = [total(values) for values in mixed]
print(found)
