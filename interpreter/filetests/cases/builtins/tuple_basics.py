# test: run
# Tuples: packing, methods, hashing, comparison.
t = (1, "a", 2.5)
print(t, (), (1,), 1, tuple(), tuple("ab"), tuple([1, 2]), t + (4,), t * 2, 0 * t, len(t), t[0], t[-1], t[1:], t[::-1], "a" in t, t.count(1), t.index("a"), (1, 2) < (1, 3), (1,) < (1, 0), (1, 2) == (1.0, 2.0), () == (), (1, [2]), ((),))
print(hash((1, 2)) == hash((1, 2)), hash(()) == hash(()), {(1, 2): "x"}[1, 2], {(1, (2, 3)), (1, (2, 3))}, hash((1, 2)) != hash((2, 1)))
a, b = 1, 2
a, b = b, a
(c, d), *e = (1, 2), 3, 4
print(a, b, c, d, e)
for operation in (lambda: t[5], lambda: t["a"], lambda: t + [1], lambda: t.index("q"), lambda: hash(([],)), lambda: t < 5, lambda: tuple(5), lambda: t * "a"):
    try:
        operation()
    except (IndexError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
try:
    t[0] = 1
except TypeError as error:
    print(error)
x = ([],)
try:
    x[0] += [1]
except TypeError as error:
    print(error, x)
class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))
    @property
    def total(self):
        return self[0] + self[1]
p = Pair(1, 2)
print(p, p.total, type(p + (3,)).__name__, p == (1, 2), isinstance(p, tuple), len(p), Pair(3, 4) > p)
print(sorted([(2, "b"), (1, "z"), (2, "a")]), max((1, 5), (2, 0)), tuple(x * 2 for x in t[:1]), sum((1, 2), 3), (1, 2) + (), *(5, 6))
