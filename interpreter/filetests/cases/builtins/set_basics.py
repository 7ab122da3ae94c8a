# test: run
# Sets and frozensets: operations, comparisons, methods.
s = {3, 1, 2}
t = frozenset([2, 3, 4])
def show(value):
    return f"{type(value).__name__}{sorted(value)}"
print(show(s | t), show(s & t), show(s - t), show(s ^ t), show(t | s), show(t & s), show(t - s), show(t ^ s), s == {1, 2, 3}, s == frozenset(s), s <= {1, 2, 3}, s < {1, 2, 3}, s >= {1}, {1} < s, s > {9}, s.isdisjoint({9}), s.issubset([1, 2, 3, 4]), s.issuperset([1]))
print(show(s.union([7], (8,), "x" [:0])), show(s.intersection([1, 2], [2, 5])), show(s.difference([1], [2])), show(s.symmetric_difference([3, 9])), show(s.copy()), len(s), 1 in s, "a" in s, 1.0 in s)
s.add(10)
s.add(1)
s.discard(99)
s.discard(3)
s.remove(2)
s.update([5, 6], {7})
print(show(s))
s.intersection_update({1, 5, 6, 10})
s.difference_update([10], [6])
s.symmetric_difference_update([5, 8])
s |= {20}
s &= {1, 8, 20}
s -= {8}
s ^= {1, 2}
print(show(s), set(), frozenset(), {1}, frozenset({1}), {()}, set("a"), show(set(range(5))), show({x % 3 for x in range(10)}), show({*[1, 2], *(3,)}))
for operation in (lambda: set().pop(), lambda: set().remove(1), lambda: {1} | [1], lambda: {1} < [1], lambda: set(5), lambda: frozenset().add(1), lambda: hash(set()), lambda: s[0], lambda: {1} + {2}):
    try:
        operation()
    except (KeyError, TypeError, AttributeError) as error:
        print(type(error).__name__, error)
for operation in (lambda: {[]}, lambda: {1}.add({}), lambda: [] in {1}):
    try:
        operation()
    except TypeError as error:
        print(type(error).__name__)
print({frozenset({1}): "x"}[frozenset([1])], hash(frozenset([1, 2])) == hash(frozenset([2, 1])), {1} in {frozenset({1})}, frozenset({1}) == {1}, {1, 1.0, True}, {0.0, -0.0}, len({float("nan"), float("nan")}), {1, 2} == {2, 1}, {1} != {2}, bool(set()))
x = set()
for i in range(500):
    x.add(i * 37 % 211)
print(len(x), min(x), max(x), sum(x))
while len(x) > 3:
    x.discard(max(x))
print(sorted(x), x.pop() in (0, 1, 2), len(x))
try:
    for item in x:
        x.add(item + 100)
except RuntimeError as error:
    print(error)
class Sub(set):
    pass
print(type(Sub([1]) | {2}).__name__, Sub([1]) == {1}, Sub([1]), isinstance(Sub(), set), frozenset(frozenset([1])), set.union({1}, [2]), sorted(set("hello") & set("world")))
