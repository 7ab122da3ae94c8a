# test: run
# Comprehensions: nesting, conditions, scope, evaluation order.
print([x for x in range(5)], [x * y for x in range(3) for y in range(x)], [x for x in range(20) if x % 2 if x % 3], [[j for j in range(i)] for i in range(4)], {x % 3 for x in range(9)} == {0, 1, 2}, {k: v for k, v in zip("abc", range(3))}, {**{x: x for x in range(2)}}, [*(x for x in "ab")])
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [x for row in matrix for x in row], [(a, b) for a, *b in [(1, 2, 3), (4,)]], [a + b for (a, b), c in [((1, 2), 3)]], [x if x % 2 else -x for x in range(4)], [lambda: 1][0]())
log = []
def note(value):
    log.append(value)
    return value
[note(a) + note(b) for a in [note(1), note(2)] for b in [note(10)] if note(True)]
print(log)
log.clear()
{note(k): note(v) for k, v in [("a", 1), ("b", 2)]}
print(log)
def scoped():
    x = "outer"
    result = [x for x in "ab"]
    fs = [lambda: x for x in range(3)]
    return x, result, [f() for f in fs], [y for y in x]
print(scoped())
class Body:
    n = 3
    first = [i for i in range(n)]
    try:
        second = [n for _ in range(1)]
    except NameError as error:
        second = str(error)
print(Body.first, Body.second, hasattr(Body, "i"))
print([y := 5, y * 2], y, [last := i for i in range(4)], last, any((found := n) > 2 for n in [1, 3, 5]), found)
x = [1, 2]
print([x for x in x], x, [[x, y] for x, y in [(1, 2)]], [i for i in range(3) for i in range(i)], sum([len(w) for w in "a bb ccc".split()]))
try:
    [1 / n for n in (1, 0)]
except ZeroDivisionError as error:
    print(type(error).__name__)
try:
    [a for a, b in [(1,)]]
except ValueError as error:
    print(error)
deep = [[[(i, j, k) for k in range(2)] for j in range(2)] for i in range(2)]
print(deep[1][0][1], sum(1 for a in deep for b in a for c in b), {frozenset([i, j]) for i in range(2) for j in range(2)} == {frozenset([0]), frozenset([1]), frozenset([0, 1])})
g = (i for i in range(3))
print(type(g).__name__, g.__name__, list(g), [f"{i}:{c}" for i, c in enumerate("ab")], [*map(lambda v: v + 1, [1, 2])], list(filter(None, [0, 1, "", "x"])))
it = iter(range(10))
print([(a, b) for a in it for b in it if b % 2][:3])
