# test: run
"""Keys whose hash a Python function gives: looked up, stored, tested for and added in loops."""

import sys
import traceback


class Key:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        return isinstance(other, Key) and self.value == other.value

    def __repr__(self):
        return f"Key({self.value!r})"


def sums(table, keys):
    total = 0
    for key in keys:
        total += table[key]
    return total


def gets(table, keys):
    total = 0
    for key in keys:
        total += table.get(key, -1)
        if table.get(key) is None:
            total += 1000
    return total


def has(container, keys):
    count = 0
    for key in keys:
        if key in container:
            count += 1
        if key not in container:
            count += 100
        count += 10 * (key in container)
    return count


def stored(table, keys):
    for key in keys:
        table[key] = table.get(key, 0) + key.value
    return len(table)


def added(keys):
    found = set()
    add = found.add
    for key in keys:
        found.add(key)
        add(key)
    return len(found)


keys = [Key(n * 37) for n in range(60)]
others = [Key(n * 37) for n in range(90)]
table = {key: key.value for key in keys}
for round in range(40):
    results = (
        sums(table, keys),
        sums(table, others[:60]),
        gets(table, others),
        has(table, others),
        has(set(keys), others),
        has(frozenset(others), keys),
        added(keys + others),
    )
print(results)

# The first key stays, whatever is stored under one that equals it.
copy = {}
for round in range(40):
    stored(copy, keys)
    stored(copy, others)
print(len(copy), copy[Key(37)], all(a is b for a, b in zip(copy, keys)), list(copy)[60] is others[60])


class Point:
    """Mostly of large hashes, of which some programs ask for, too."""

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __hash__(self):
        return hash((self.x, self.y))

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)


points = [Point(n, n * n) for n in range(50)]
where = {point: n for n, point in enumerate(points)}
for round in range(60):
    found = sum(where[point] for point in points)
    found += sum(where.get(Point(n, n * n), 1) for n in range(60))
    same = sum(hash(point) == hash((point.x, point.y)) for point in points)
print(found, same, sums(where, points), len({hash(point) for point in points}))


class Strange:
    """Hashes and compares as it is told."""

    def __init__(self, hashed, equals=None):
        self.hashed = hashed
        self.equals = equals

    def __hash__(self):
        if isinstance(self.hashed, BaseException):
            raise type(self.hashed)(*self.hashed.args)
        return self.hashed

    def __eq__(self, other):
        if callable(self.equals):
            return self.equals(other)
        return self is other

    def __repr__(self):
        return "Strange"


class Int(int):
    pass


def attempt(what, *args):
    try:
        return what(*args)
    except Exception as error:
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        return f"{type(error).__name__}: {error.args} {error.__context__!r} {names}"


def item(table, key):
    return table[key]


def get(table, key):
    return table.get(key, "nothing")


def store(table, key):
    table[key] = 1


def contains(table, key):
    return key in table


def add(table, key):
    table.add(key)


plain = {1: "one", -2: "minus two", (1 << 61) - 2: "large"}
tries = [
    Strange(1),
    Strange(-1, lambda other: other == -2),
    Strange(True, lambda other: True),
    Strange(Int(1), lambda other: True),
    Strange(1 << 70),
    Strange((1 << 61) - 2, lambda other: True),
    Strange((1 << 61) - 3, lambda other: True),
    Strange(-(1 << 63)),
    Strange("text"),
    Strange(None),
    Strange(1.0),
    Strange(TypeError("no hash today")),
    Strange(KeyError("from the hash")),
    Strange(1, lambda other: 1 // 0),
]
for strange in tries:
    for _ in range(300):
        seen = [
            attempt(item, plain, strange),
            attempt(get, plain, strange),
            attempt(contains, plain, strange),
            attempt(contains, {1, 2}, strange),
            attempt(contains, frozenset({1, 2}), strange),
            attempt(store, dict(plain), strange),
            attempt(add, {1, 2}, strange),
        ]
    hashed = strange.hashed
    print(type(hashed).__name__, hashed if not isinstance(hashed, BaseException) else "", *seen, sep="\n  ")


# A key that is no key of the dictionary, as the argument of the error.
def missing(table, key):
    try:
        table[key]
    except KeyError as error:
        return error.args[0] is key, error.__traceback__.tb_next is None


for _ in range(300):
    seen = missing({}, Key((1, 2)))
print(seen)


# Classes that change while loops run.
class Changing:
    def __hash__(self):
        return 5

    def __eq__(self, other):
        return self is other


def count(table, key, n):
    total = 0
    for _ in range(n):
        total += table.get(key, 1000)
    return total


one = Changing()
table = {one: 1}
print(count(table, one, 3000))
Changing.__hash__ = lambda self: 6
print(count(table, one, 3000))
Changing.__hash__ = lambda self: 5
print(count(table, one, 3000))
del Changing.__hash__
print(count(table, one, 3000))
Changing.__hash__ = None
print(attempt(count, table, one, 3000))
Changing.__hash__ = lambda self: 5
print(count(table, one, 3000))


# A comparison, or a hash, that changes the dictionary.
class Busy:
    table = {}
    calls = 0

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        Busy.calls += 1
        if Busy.calls % 50 == 0:
            Busy.table[Key(Busy.calls)] = -1
        return self.value

    def __eq__(self, other):
        if Busy.calls % 70 == 0:
            Busy.table.pop(Key(Busy.calls - 20), None)
        return isinstance(other, Busy) and self.value == other.value


for round in range(60):
    for value in range(30):
        Busy.table[Busy(value)] = round
    total = 0
    for value in range(40):
        total += Busy.table.get(Busy(value), 0)
print(total, Busy.calls, len(Busy.table), sum(isinstance(key, Busy) for key in Busy.table))


# Subclasses of dict, with and without their own ways.
class Plain(dict):
    pass


class Filled(dict):
    def __missing__(self, key):
        return key.value * 2


class Own(dict):
    def __getitem__(self, key):
        return "own"


for kind in (Plain, Filled, Own):
    table = kind({key: key.value for key in keys[:30]})
    for _ in range(100):
        seen = [attempt(item, table, key) for key in (others[3], others[80])]
        seen.append(attempt(contains, table, others[7]))
        store(table, others[70])
    print(kind.__name__, seen, len(table))


# What a hash sees of its callers.
class Looking:
    def __hash__(self):
        frame = sys._getframe(1)
        self.caller = frame.f_code.co_name, sorted(frame.f_locals)
        return 3


looking = Looking()
for _ in range(300):
    store({}, looking)
print(looking.caller)


# A hash that recurses without end.
class Endless:
    def __hash__(self):
        return hash((self,))


for _ in range(5):
    try:
        {Endless(): 1}
    except RecursionError as error:
        print(type(error).__name__)
