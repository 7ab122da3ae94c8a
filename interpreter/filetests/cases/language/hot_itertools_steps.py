# test: run
"""Iterators of itertools whose steps traces take: mixed with `next`, over anything, stopped by
exceptions, asked by themselves, looked at between two items."""

import itertools
from itertools import (accumulate, chain, combinations, compress, count, cycle, dropwhile, filterfalse,
                       groupby, islice, pairwise, permutations, product, repeat, starmap, takewhile,
                       zip_longest)

N = 300


def items(iterable):
    return [item for item in iterable]


def digest(iterable):
    found = 0
    for item in iterable:
        for part in item if isinstance(item, tuple) else (item,):
            found = (found * 31 + (part if isinstance(part, int) else 7)) % 1000003
    return found


def mixed(iterator):
    """Items by a loop, by `next`, by a native function, by another loop of the same iterator."""
    found = []
    for item in iterator:
        found.append(item)
        if len(found) % 7 == 3:
            found.append(next(iterator, "end"))
        elif len(found) % 7 == 5:
            found.extend(tuple(islice(iterator, 2)))
        elif len(found) % 41 == 0:
            for item in iterator:
                found.append(item)
                if len(found) % 5 == 0:
                    break
    found.append(next(iterator, "end"))
    return len(found), digest(found[:-1]), found[-4:]


def generated(n):
    for i in range(n):
        yield i


class Own:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Indexed:
    def __getitem__(self, at):
        if at >= 250:
            raise IndexError
        return at * 2


MAKERS = [
    lambda: accumulate(range(N)), lambda: accumulate(range(N), lambda a, b: a ^ b, initial=5),
    lambda: accumulate([None] * N, lambda a, b: b), lambda: accumulate([.5] * N),
    lambda: accumulate([], initial=None), lambda: accumulate((), initial=3),
    lambda: chain(range(100), [1, 2, 3], "abc", (), generated(50), {1: 2, 3: 4}, Own(30), Indexed()),
    lambda: chain.from_iterable([i, -i] for i in range(N)), lambda: chain(),
    lambda: compress(range(N), cycle([1, 0, 0])), lambda: compress(range(N), [True] * 20),
    lambda: islice(count(), N), lambda: islice(count(3, -2), N), lambda: islice(count(.5, .25), N),
    lambda: islice(count(2 ** 60 - 50, 1), N), lambda: islice(count(2 ** 80), 40),
    lambda: islice(cycle([1, 2, 3]), N), lambda: islice(cycle(generated(100)), N), lambda: cycle([]),
    lambda: dropwhile(lambda n: n < 20, range(N)), lambda: dropwhile(lambda n: n < 2, Own(N)),
    lambda: takewhile(lambda n: n < 250, range(N)), lambda: takewhile(lambda n: n < 250, count()),
    lambda: filterfalse(lambda n: n % 3, range(N)), lambda: filterfalse(None, [0, 1, "", 2, ()] * 50),
    lambda: filterfalse(lambda n: n % 40, range(3 * N)),
    lambda: islice(range(N), 5, None), lambda: islice(range(N), 5, 200, 3), lambda: islice(generated(N), None),
    lambda: islice(range(10), 3, 2), lambda: islice(range(N), 0, 100, 40), lambda: islice(Own(N), 4, 280, 2),
    lambda: pairwise(range(N)), lambda: pairwise(generated(1)), lambda: pairwise([None] * N),
    lambda: repeat(4, N), lambda: islice(repeat("x"), N), lambda: repeat(None, 0),
    lambda: starmap(lambda a, b: a - b, zip(range(N), repeat(3))),
    lambda: starmap(lambda *a: len(a), [[1, 2], (3,), "four", {}] * 60), lambda: starmap(pow, [(2, 5)] * N),
    lambda: zip_longest(range(N), range(200)), lambda: zip_longest(generated(100), Own(N), fillvalue=-1),
    lambda: zip_longest(range(N), "ab", (1, 2, 3)), lambda: zip_longest(range(N)), lambda: zip_longest(),
    lambda: product(range(20), range(15)), lambda: product("ab", repeat=3), lambda: product(range(5), repeat=4),
    lambda: product(range(9), ()), lambda: product((), range(9), range(3)), lambda: product(range(70)),
    lambda: product(range(2), repeat=8), lambda: product(), lambda: product(range(5), range(6), range(7)),
    lambda: combinations(range(25), 2), lambda: combinations(range(13), 3), lambda: combinations(range(9), 4),
    lambda: combinations(range(2), 2), lambda: combinations(range(1), 2), lambda: combinations(range(9), 5),
    lambda: combinations(range(3), 3), lambda: combinations(range(4), 4), lambda: combinations(range(300), 1),
    lambda: permutations(range(18), 2), lambda: permutations(range(8), 3), lambda: permutations(range(3)),
    lambda: permutations(range(6)), lambda: permutations(range(2)), lambda: permutations((), 2),
    lambda: permutations(range(6), 4), lambda: permutations(range(3), 4), lambda: permutations(range(300), 1),
    lambda: itertools.combinations_with_replacement(range(20), 2),
    lambda: zip(count(), range(N), repeat(1)), lambda: zip(islice(count(), 30), generated(N)),
    lambda: map(lambda n: n + 1, islice(count(), N)), lambda: enumerate(chain(range(N), "ab")),
    lambda: filter(lambda n: n & 1, islice(count(), N)), lambda: map(pow, range(N), repeat(2)),
]

for at, make in enumerate(MAKERS):
    print(at, digest(make()), mixed(make()))
    same = items(make())
    assert same == list(make()) == [*make()] == sorted([*zip(count(), make())]) * 0 + list(make()), at
    assert tuple(make()) == tuple(same) and len(same) == sum(1 for _ in make()), at


# Groups: read in part, kept, asked late.

def groups(n, key, read):
    found = []
    for key, group in groupby(range(n), key):
        for item in group:
            found.append((key, item))
            if len(found) % read == 0:
                break
    return len(found), digest(found)


print(groups(N, lambda n: n // 7, 3), groups(N, lambda n: n // 7, 1000), groups(N, None, 2))
print([(key, list(group)) for key, group in groupby("aaabbbccca")][:3])
kept = [(key, group) for key, group in groupby(range(100), lambda n: n // 10)]
print([list(group) for _, group in kept])
print(digest(key for key, _ in groupby(itertools.chain.from_iterable([i] * (i % 5) for i in range(N)))))


# Exceptions on the way: what comes next is as if the item had been lost.

def fragile(limit, kind):
    def call(*args):
        if args[-1] % limit == limit - 1:
            raise kind(args[-1])
        return args[-1]
    return call


def through(iterator):
    found = []
    while True:
        try:
            for item in iterator:
                found.append(item)
            break
        except ValueError as error:
            found.append(str(error))
    return len(found), digest(n if isinstance(n, int) else 5 for n in found), found[-3:]


for kind in ValueError, StopIteration:
    call = fragile(60, kind)
    for make in [lambda: accumulate(range(N), call), lambda: dropwhile(lambda n: call(n) < 200, range(N)),
                 lambda: takewhile(lambda n: call(n) < 200, range(N)), lambda: starmap(call, zip(range(N))),
                 lambda: filterfalse(lambda n: call(n) & 1, range(N)), lambda: map(call, range(N)),
                 lambda: map(call, range(N), count()), lambda: filter(call, chain(range(N), range(N))),
                 lambda: groupby(range(N), call)]:
        iterator = make()
        first = through(iterator)[:2] if kind is ValueError else len(items(iterator))
        print(kind.__name__, first, len(items(iterator)), end="; ")
    print()


# Asked by itself while it steps.

def reentrant():
    found = []

    def ask(a, b):
        if b == 100:
            found.append(next(own))
        return a + b
    own = accumulate(range(N), ask)
    for item in own:
        found.append(item)
    return len(found), digest(found)


print(reentrant())


# Looked at between two items.

numbers, times = count(5, 3), repeat("x", N)
shown = []
for number, _ in zip(numbers, times):
    if number % 100 == 1:
        shown.append((repr(numbers), repr(times), times.__length_hint__()))
print(shown[-2:], numbers, times)
numbers = count()
total = 0
for _ in range(N):
    total += next(numbers)
print(total, numbers)
for _ in range(N):
    try:
        next(islice(numbers, 0))
    except StopIteration as stop:
        total += len(stop.args)
print(total, numbers, type(iter(numbers)), iter(numbers) is numbers)


# What subclasses say holds.

class Odd(chain):
    def __next__(self):
        return super().__next__() * 2


class Again(count):
    def __iter__(self):
        return iter([1, 2, 3])


print(digest(Odd(range(N), range(N))), digest(Again()), sum(map(sum, [Again()] * N)))


# Short ones, made anew each time.

total = 0
for i in range(N):
    for a, b in combinations((i, 1, 2, 3), 2):
        total += a * b
    for a in chain((i, 1), [2], islice(count(i), 3)):
        total += a
    total += sum(islice(count(i), 4)) + max(repeat(i, 2)) + len(list(product((1, 2), repeat=3)))
print(total)
for bad in (lambda: starmap(len, [3] * N), lambda: chain.from_iterable([3] * N), lambda: chain(3)):
    try:
        items(bad())
    except TypeError as error:
        print(error)
