# test: run
# Sorting: stability, keys, reverse, errors, mutation while sorting.
words = ["pear", "fig", "apple", "date", "kiwi", "plum", "banana"]
print(sorted(words), sorted(words, key=len), sorted(words, key=len, reverse=True), sorted(words, reverse=True), sorted(words, key=lambda w: (-len(w), w)))
pairs = [(i * 7 % 5, i) for i in range(15)]
print(sorted(pairs, key=lambda p: p[0]))
print(sorted(pairs, key=lambda p: p[0], reverse=True))
numbers = [(i * 7919) % 1009 for i in range(500)]
ordered = sorted(numbers)
assert all(a <= b for a, b in zip(ordered, ordered[1:])) and sum(ordered) == sum(numbers)
print(ordered[:5], ordered[-5:], sorted(numbers, key=lambda n: n % 10)[:12])
mixed = [3, 1.5, True, -2, 0.0, 10**20, -(10**20), 2**61, float("inf")]
print(sorted(mixed), sorted(mixed, reverse=True))
for shape in (range(100), range(100, 0, -1), [1] * 50, list(range(50)) + list(range(40)), [i % 7 for i in range(90)]):
    data = list(shape)
    data.sort()
    assert all(a <= b for a, b in zip(data, data[1:]))
    data.sort(reverse=True)
    assert all(a >= b for a, b in zip(data, data[1:]))
data = [3, 1, 2]
print(data.sort(), data, data.sort(key=None, reverse=False), data.sort(key=lambda x: -x), data)
for operation in (lambda: sorted([1, "a"]), lambda: [1].sort(lambda x: x), lambda: sorted([1], 2), lambda: sorted(5), lambda: sorted([None, 1]), lambda: sorted([1, 2], key=5), lambda: sorted([{}, {}])):
    try:
        operation()
    except TypeError as error:
        print(error)

class Item:
    compared = 0
    def __init__(self, rank, name):
        self.rank, self.name = rank, name
    def __lt__(self, other):
        Item.compared += 1
        return self.rank < other.rank
    def __repr__(self):
        return self.name

items = [Item(2, "a"), Item(1, "b"), Item(2, "c"), Item(1, "d"), Item(0, "e")]
print(sorted(items), sorted(items, reverse=True), Item.compared > 4, min(items), items)
print(sorted("hello", key=str.upper), sorted({3: "a", 1: "b"}), sorted({5, 2}), sorted((x for x in "cab")), sorted([[2], [1, 5], [1]]), sorted([(1, "b"), (1, "a")]), sorted(["B", "a", "C"], key=str.lower))
def failing(x):
    if x == 2:
        raise KeyError("no key")
    return x
data = [3, 2, 1]
try:
    data.sort(key=failing)
except KeyError as error:
    print(error, data)
calls = []
sorted([3, 1, 2], key=lambda x: calls.append(x) or x)
print(calls)
