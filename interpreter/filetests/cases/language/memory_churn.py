# test: run
# Much short-lived garbage, with and without cycles, beside data that stays.
class Node:
    def __init__(self, value):
        self.value = value
        self.partner = None
        self.children = []
keep = [Node(i) for i in range(200)]
for round_number in range(60):
    for i in range(200):
        a, b = Node(i), Node(-i)
        a.partner, b.partner = b, a
        a.children.append(b)
        b.children.append(a)
        a.self_reference = a
    keep[round_number].children = [Node(round_number) for _ in range(5)]
print(sum(n.value for n in keep), sum(len(n.children) for n in keep), all(n.partner is None for n in keep))
texts = {}
for i in range(5000):
    texts[i % 100] = f"text {i} " * 3
print(len(texts), sum(map(len, texts.values())), texts[99])
lists = [[] for _ in range(50)]
for i in range(20000):
    l = lists[i % 50]
    l.append((i, str(i)))
    if len(l) > 20:
        del l[:15]
print(sum(len(l) for l in lists), lists[7][0], lists[49][-1])
def closures(n):
    functions = []
    for i in range(n):
        data = [i] * 10
        functions.append(lambda: sum(data) + i)
        functions = functions[-10:]
    return [f() for f in functions]
print(closures(500))
def generators(n):
    live = []
    for i in range(n):
        def gen(k=i):
            big = list(range(k % 50))
            yield len(big)
            yield sum(big)
        g = gen()
        next(g)
        live.append(g)
        live = live[-20:]
    return [next(g) for g in live]
print(generators(400))
big = 1
for i in range(300):
    big = big * 3 + i
    if i % 50 == 49:
        big = big >> 100
print(big % 10**12)
cache = {}
for i in range(3000):
    key = (i % 37, f"k{i % 11}")
    cache[key] = cache.get(key, ()) + (i,)
    if len(cache[key]) > 5:
        cache[key] = cache[key][-2:]
print(len(cache), sum(sum(v) for v in cache.values()))
data = bytearray()
for i in range(2000):
    data += bytes([i & 255]) * 7
    if len(data) > 500:
        del data[:450]
print(len(data), data[-1], sum(data))
matrix = [[0.5] * 100 for _ in range(100)]
for _ in range(20):
    matrix = [[x * 0.99 for x in row] for row in matrix]
print(round(sum(map(sum, matrix)), 6))
errors = []
for i in range(500):
    try:
        raise ValueError(i, [i] * 10)
    except ValueError as error:
        errors.append(error)
        errors = errors[-5:]
print([e.args[0] for e in errors], errors[0].__traceback__ is not None)
strings = []
for i in range(3000):
    strings.append(("é" if i % 3 else "a") * (i % 40))
    if i % 100 == 99:
        strings = ["".join(strings)[:200]]
print(len(strings[0]), strings[0].count("é"))
