# test: run
# Objects of native classes that are called, with and without keywords.
import collections
import functools
import operator


@functools.lru_cache(maxsize=None)
def unbounded(x, y=1):
    return [x, y]


@functools.lru_cache(maxsize=3)
def bounded(x, *, more=0):
    return x * 2 + more


@functools.lru_cache(maxsize=4, typed=True)
def typed(x):
    return type(x).__name__


@functools.lru_cache(maxsize=0)
def never(x):
    return x


def cached(count):
    total = 0
    for n in range(count):
        total += unbounded(n % 10)[0] + unbounded(n % 10, 1)[1] + unbounded(n % 4, y=2)[1]
        total += bounded(n % 3) + bounded(n % 4, more=1) + bounded(5)
        total += len(typed(n % 2)) + len(typed(float(n % 2))) + never(n)
        unbounded(0)[0] = n % 2
    return total


def partials(count):
    add = functools.partial(operator.add, 5)
    named = functools.partial(dict, a=1)
    both = functools.partial(named, b=2)
    seen = []
    for n in range(count):
        seen.append((add(n), named(b=n), named(), both([("c", n)]), both(a=n)))
    return seen[-2:]


def getters(count):
    item, attribute = operator.itemgetter(1, 0), operator.attrgetter("real")
    upper = operator.methodcaller("upper")
    split = operator.methodcaller("split", sep="b")
    seen = []
    for n in range(count):
        seen.append((item([n, -n]), attribute(n), upper("ab"), split("abc")))
    return seen[-1]


def lengths(count):
    queue = collections.deque()
    total = 0
    for n in range(count):
        queue.append(n)
        if len(queue) > 5:
            total += queue.popleft()
        if not queue:
            total += 1000
    return total, len(queue), queue


def failing(count):
    seen = []
    for n in range(count):
        for call in (lambda: bounded([n]), lambda: bounded(), lambda: functools.partial(n)(),
                     lambda: operator.itemgetter(5)([n])):
            try:
                call()
            except (TypeError, IndexError) as error:
                seen.append(f"{type(error).__name__}: {error}")
    return seen[-5:]


print(cached(200))
print(unbounded.cache_info(), bounded.cache_info(), typed.cache_info(), never.cache_info())
print(partials(100))
print(getters(100))
print(lengths(200))
for line in failing(60):
    print(line)
table = {}
for n in range(100):
    table.update([("a", n)])
    table.update(b=n)
    table.update({"c": n}, d=n)
    table.update()
    made = dict(), dict(x=n), dict([(1, 2)], y=n)
print(table, made)
for n in range(50):
    try:
        raise ValueError(n, n + 1)
    except ValueError as error:
        last = error.args
    try:
        ValueError(n, key=n)
    except TypeError as error:
        other = str(error)
print(last, other)
