# test: run
# sorted, min, max, sum, any, all.
print(min(3, 1, 2), max([3, 1, 2]), min("hello"), max("a", "b", key=lambda c: -ord(c)), min([], default="d"), max((), default=None), min([[2], [1, 9]]), max({"a": 5, "b": 1}), max(1, 1.0), max(1.0, 1), min(True, 1), min(-0.0, 0.0), max([(1, "b"), (1, "a")]), min(["bb", "a"], key=len), max(range(5), key=lambda n: n % 3), min((x for x in (5, 4)), default=9))
for action in (lambda: min([]), lambda: max(()), lambda: min(5), lambda: max(1, "a"), lambda: min(), lambda: max(1, 2, default=3), lambda: min([1], nope=2), lambda: sum(["a"]), lambda: sum("ab", ""), lambda: sum([[1]], "x"), lambda: sum(5), lambda: sum([b"x"], b""), lambda: any(5), lambda: sum()):
    try:
        print(action())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
print(sum([]), sum([1, 2, 3]), sum([1, 2], 10), sum([1.5, 2]), sum([[1], [2]], []), sum([True, True]), sum(range(101)), sum([2**62, 2**62]), sum([10**30, -1]), sum([0.1] * 10), sum([1e16, 1.0, -1e16]), sum([1, 0.5, 2**70]), sum((), 5.5), sum([1 + 2j, 3]), sum(start=4, iterable=[1]) if False else sum([1], start=4), sum({1: 2, 3: 4}))
print(any([]), all([]), any([0, "", None]), any([0, 5]), all([1, "x"]), all([1, 0]), any(x > 3 for x in range(10)), all(x < 3 for x in range(10)))
seen = []
def note(x):
    seen.append(x)
    return x
print(any(note(x) for x in (0, 0, 1, 1)), all(note(x) for x in (1, 0, 1)), seen)
print(sorted([3, 1, 2]), sorted("bca", reverse=True), sorted([("b", 1), ("a", 2)], key=lambda p: p[1]), sorted({3, 1}), sorted([0.5, 1, -1]), sorted([], key=None), sorted(["b", "A", "c"], key=str.lower), sorted([True, False]), sorted([[1, 2], [1]]))
class Weird:
    def __init__(self, v): self.v = v
    def __lt__(self, other): return "true" if self.v < other.v else ""
    def __gt__(self, other): return self.v > other.v
    def __repr__(self): return f"W{self.v}"
print(sorted([Weird(2), Weird(1)]), min(Weird(2), Weird(1)), max([Weird(1), Weird(3), Weird(2)]))
class Adds:
    def __init__(self, v): self.v = v
    def __add__(self, other): return Adds(self.v + (other.v if isinstance(other, Adds) else other))
    __radd__ = __add__
print(sum([Adds(1), Adds(2), Adds(3)]).v, sum([1, Adds(2)]).v)
