# test: run
"""Comprehensions whose lists get an element for each item: room is made for what is to come, and what
comes may be less or more, of other kinds, or nothing."""

import asyncio


def over(source, count):
    for _ in range(count):
        made = [x for x in source]
    return made


for source in (
    range(3),
    range(1000),
    range(50, 0, -7),
    range(10**20, 10**20 + 4),
    [1, 2, 3, 4, 5],
    tuple(range(40)),
    "a string of some length",
    b"bytes, too",
    bytearray(b"and arrays of them"),
    {"k": 1, "l": 2, "m": 3},
    {"k": 1, "l": 2, "m": 3}.items(),
    {5},
    [],
    (),
):
    made = over(source, 60)
    assert made == list(source), source
print(len(over(range(100_000), 3)), over(range(100_000), 3)[-1])


# Floats lie bare, until something else comes.
def mixed(count, odd, other):
    return [other if i == odd else i * 0.5 for i in range(count)]


for odd in (0, 1, 2, 3, 7, 8, 99, 100, 500):
    for _ in range(40):
        made = mixed(100, odd, "other")
    print(odd, made[:3], len(made), sum(1 for x in made if x == "other"))
made = mixed(5000, 4999, None)
print(made[-1], made[-2], len(made))


# Who makes the elements moves the iterator on, or changes what it goes over.
def in_pairs(count):
    it = iter(range(count))
    return [(x, next(it, None)) for x in it]


def shrinking(count):
    items = list(range(count))
    return [(x, items.pop())[0] for x in items], len(items)


def growing(count, limit):
    items = list(range(count))
    made = [(x, len(items) < limit and items.append(x + count))[0] for x in items]
    return len(made), made[-1]


def cleared(count, at):
    items = list(range(count))
    return [(x, x == at and items.clear())[0] for x in items]


for _ in range(30):
    results = in_pairs(101)[-2:], shrinking(100), growing(10, 1000), cleared(100, 50)[-2:]
print(*results)


# Appends to the list itself cannot be told from outside, but other lists may share its items.
def nested(count):
    return [[x * y for y in range(x)] for x in range(count)]


for _ in range(10):
    rows = nested(30)
print(sum(map(sum, rows)), [len(row) for row in rows] == list(range(30)))


# With a condition, or over more than one source, an item may make no element, or several.
def some(count):
    return [x for x in range(count) if x % 3], [y for x in range(count) for y in range(x)]


for _ in range(20):
    few, many = some(40)
print(len(few), len(many))


# Not all at once of what never comes.
class Enough(Exception):
    pass


def until(limit, count):
    def check(x):
        if x >= limit:
            raise Enough(x)
        return x

    try:
        return [check(x) for x in range(count)]
    except Enough as enough:
        return enough.args


for limit in (0, 1, 2, 3, 10, 1000):
    for _ in range(20):
        found = until(limit, 10**12)
    print(found, end=" ")
print(until(300_000, 10**15))


# Iterators that do not know.
class Ending:
    def __init__(self, count):
        self.left = count

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.left


def generated(count):
    yield from range(count)


for _ in range(30):
    made = (
        [x for x in Ending(50)],
        [x for x in generated(50)],
        [x for x in enumerate("abc" * 10)],
        [a + b for a, b in zip(range(40), range(30))],
        [x for x in map(str, range(25))],
        [x for x in reversed(range(33))],
        [x for x in reversed([1, 2, 3] * 5)],
    )
print([len(part) for part in made], [part[-1] for part in made])


async def numbers(count):
    for number in range(count):
        yield number


async def gathered(count):
    async def doubled(x):
        return 2 * x

    return [x async for x in numbers(count)], [await doubled(x) for x in range(count)]


for _ in range(10):
    first, second = asyncio.run(gathered(20))
print(first == list(range(20)), second == list(range(0, 40, 2)))


# A list that was collected is as any other.
def reused(count):
    made = [x for x in range(count)]
    made.append(-1)
    made += [x for x in made[:3]]
    made.insert(0, None)
    del made[1]
    return made


for _ in range(50):
    made = reused(20)
print(made)
