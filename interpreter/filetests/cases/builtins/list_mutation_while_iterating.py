# test: run
# A list may change while it is walked.
a = [1, 2, 3]
for x in a:
    if len(a) < 8:
        a.append(x * 10)
print(a)
a = [1, 2, 3, 4, 5, 6]
for x in a:
    if x % 2 == 0:
        a.remove(x)
print(a)
a = [1, 2, 3]
it = iter(a)
print(next(it), next(it))
a.clear()
print(next(it, "done"))
a.extend([7, 8, 9, 10])
print(next(it, "still done"), list(it))
a = [1, 2, 3]
r = reversed(a)
print(next(r), a.pop(), list(r))
a = list(range(5))
print([a.pop() for _ in a], a)
it = iter([1, 2, 3])
print(it.__length_hint__(), next(it), it.__length_hint__(), list(it), it.__length_hint__())
def rows():
    data = [[0] * 3 for _ in range(3)]
    data[1][1] = 5
    shared = [[0] * 2] * 2
    shared[0][0] = 1
    return data, shared
print(rows())
x = [1, 2, 3]
x[0], x[1], x[2] = x[2], x[0], x[1]
print(x)
i = 0
i, x[i] = 1, 9
print(i, x)
