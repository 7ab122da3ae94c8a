# test: run
# Generators as pipelines, coroutines and with finally blocks left early.
def numbers(limit, log):
    try:
        for n in range(limit):
            log.append(f"make {n}")
            yield n
    finally:
        log.append("numbers closed")
def even(source):
    for n in source:
        if n % 2 == 0:
            yield n
def take(source, count):
    for _ in range(count):
        yield next(source)
log = []
source = numbers(100, log)
print(list(take(even(source), 2)), log)
source.close()
print(log[-1])
def averager():
    total = count = 0
    average = None
    while True:
        value = yield average
        total += value
        count += 1
        average = total / count
a = averager()
next(a)
print([a.send(v) for v in (10, 20, 60)])
def stages():
    with_state = {"n": 0}
    def step():
        while True:
            with_state["n"] += 1
            yield with_state["n"]
    s = step()
    return [next(s) + next(s) * 10 for _ in range(3)]
print(stages())
gen = (x * y for x in range(3) for y in range(3) if x != y)
print(next(gen), list(gen), list(gen))
print(sorted((v for v in (3, 1, 2)), reverse=True), [*(c for c in "abc")], "".join(c.upper() for c in "xyz"), all(x < 5 for x in range(5)), any(x > 5 for x in range(5)))
def flatten(items):
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from flatten(item)
        else:
            yield item
print(list(flatten([1, [2, (3, [4]), []], ((5,),)])))
def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1
print([p for p, _ in zip(primes(), range(12))])
def windows(text, size):
    window = []
    for char in text:
        window.append(char)
        if len(window) == size:
            yield "".join(window)
            window.pop(0)
print(list(windows("abcdef", 3)))
class Tree:
    def __init__(self, value, *children):
        self.value, self.children = value, children
    def __iter__(self):
        yield self.value
        for child in self.children:
            yield from child
print(list(Tree(1, Tree(2, Tree(3)), Tree(4))), sum(Tree(1, Tree(2), Tree(3))))
order = []
def noisy(n):
    order.append(n)
    return n
lazy = (noisy(x) for x in [noisy(0), noisy(1)])
order.append("made")
print(list(lazy), order)
