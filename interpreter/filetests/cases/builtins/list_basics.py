# test: run
# Making, indexing, growing and comparing lists.
a = [1, 2, 3]
print(a, list(), list("abc"), list(range(4)), [*a, *"xy"], [[]] * 2, [0] * 3, a + [4], a * 2, 2 * a, a * 0, a * -1, len(a), 2 in a, 5 in a, a[0], a[-1], a == [1, 2, 3], a != [1], [1, 2] < [1, 3], [1] < [1, 0], [] < [0], [2] > [1, 9])
a.append(4)
a.extend([5, 6])
a.extend("z")
a.extend(x * x for x in range(3))
a.insert(0, "first")
a.insert(-1, "before last")
a.insert(100, "end")
a.insert(-100, "start")
print(a, a.count(1), a.index(2), a.index(4, 2), a.pop(), a.pop(0), a.pop(-2), a)
a.remove("z")
a.reverse()
print(a, a.copy() == a, a.copy() is a, list(reversed(a)))
a.clear()
print(a, bool(a), a is not [])
b = a
b += [1]
b *= 3
print(a, b is a)
r = [1]
for operation in (lambda: [].pop(), lambda: [1].pop(5), lambda: [1].remove(2), lambda: [1][1], lambda: r["x"], lambda: [1] + (2,), lambda: [1] < 2, lambda: [1] * "x", lambda: [1].insert("a", 1), lambda: list(5), lambda: [1].extend(5), lambda: [1] * 1.5, lambda: [].__setitem__(0, 1), lambda: hash([])):
    try:
        operation()
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
for operation in (lambda: [1].index(5), lambda: [1, 2, 1].index(1, 1, 2)):
    try:
        operation()
    except ValueError as error:
        print(type(error).__name__)
r = [1]
r.append(r)
print(r, r == r, len(r), r[1][1][0])
print([1, 2.0, "x", None, True, [1, (2,)], {"k": [3]}], [float("nan")] == [float("nan")], [1] == [1.0], [1] is [1])
