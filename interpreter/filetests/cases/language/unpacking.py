# test: run
# Star targets, nested targets, swaps, chained and augmented assignment.
a, b = 1, 2
(c, d), [e, f] = (3, 4), "xy"
*g, h = range(4)
i, *j = "z"
k, *l, m = [1, 2, 3, 4, 5]
[n, (o, *p)] = 1, (2, 3, 4)
print(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
x = y = z = []
x.append(1)
print(y, z is x)
a, b = b, a
values = [1, 2, 3]
i = 0
i, values[i] = 2, "replaced"
print(a, b, i, values)
class Box:
    pass
box = Box()
box.a, box.b = 1, [0, 0]
box.b[0], box.c = 5, 6
(box.d,) = [7]
print(box.a, box.b, box.c, box.d)
for q, (r, *s) in [(1, (2, 3, 4)), (5, "ab")]:
    print(q, r, s)
print([*range(3), *"ab"], (*[1], 2), {*[1], *[1]}, {**{"a": 1}, "b": 2}, *[1, 2], sep=",")
t = *[1, 2], 3
print(t, [*[]], (*(),))
def ret():
    return *[1, 2], 3
print(ret())
for bad in ("a, b = 1,", "a, b = ()", "a, *b = []", "a, *b, c = [1]", "a, b = 5", "a, b = None", "(a, b), c = 1, 2", "[a] = {}"):
    try:
        exec(bad)
    except (ValueError, TypeError) as error:
        print(bad, "->", type(error).__name__, error)
for bad in ("a, b = 1, 2, 3", "a, b = 'xyz'", "a, = range(5)", "a, b = {1: 2, 3: 4, 5: 6}"):
    try:
        exec(bad)
    except ValueError as error:
        print(bad, "->", str(error)[:32])
def gen():
    print("started")
    yield 1
    yield 2
    print("resumed after two")
    yield 3
try:
    a, b = gen()
except ValueError as error:
    print(type(error).__name__)
n = 5
n += 1; n -= 2; n *= 3; n //= 2; n **= 2; n %= 7; n <<= 3; n |= 1; n ^= 2; n &= 0xF; n >>= 1
print(n)
items = [[1]] * 2
items[0] += [2]
print(items)
def effects(log, value):
    log.append(value)
    return value
log = []
data = {}
data[effects(log, "key")] = effects(log, "value")
data[effects(log, "key")] += effects(log, "!")
print(log, data)
