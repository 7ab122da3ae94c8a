# test: run
"""Iterators of itertools in loops: what they give, what stops them, what a subclass makes of them."""

from itertools import (accumulate, chain, combinations, count, cycle, groupby, islice, permutations,
                       product, repeat, starmap, takewhile, tee, zip_longest)


def total(iterable):
    found = 0
    for item in iterable:
        found = (found * 31 + (item if isinstance(item, int) else sum(item))) % 1000003
    return found


print(total(islice(product(range(30), range(20)), 500)), total(product((0, 1), repeat=8)))
print(total(combinations(range(24), 2)), total(permutations(range(5))), total(islice(count(3, 4), 300)))
print(total(chain(range(200), [1] * 200)), total(repeat(7, 300)), total(islice(cycle([1, 2, 3]), 300)))
print(total(accumulate(range(300))), total(takewhile(lambda n: n < 250, count())))
print([(key, len(list(group))) for key, group in groupby(range(400), lambda n: n // 90)])
print(total(a * 3 + b for a, b in zip_longest(range(300), range(200), fillvalue=1)))
print(total(starmap(lambda a, b: a - b, [(i, 3) for i in range(300)])))


class Own(chain):
    def __next__(self):
        return super().__next__() * 2


print(total(Own(range(300))), total(x for x in Own([1], range(250))))


class Bare(count):
    pass


print(total(islice(Bare(5), 300)))


def stops(function, *more):
    found = 0
    for item in function(*more):
        found += item
    return found


def raiser(error, at):
    def f(*args):
        if args[-1] == at:
            raise error("at", at)
        return args[-1]
    return f


print(stops(accumulate, range(300), raiser(StopIteration, 250)))
print(stops(takewhile, raiser(StopIteration, 260), range(300)))
for error in (ValueError, KeyError, RuntimeError):
    try:
        print(stops(accumulate, range(300), raiser(error, 250)))
    except Exception as found:
        print(repr(found), repr(found.__context__))


class Source:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration("over")
        return self.n


walk = chain(Source(200), Source(100))
print(total(walk), next(walk, "end"), list(walk))
one, two = tee(Source(300))
print(total(one), total(two))


def deep(n):
    walk = iter([1])
    for _ in range(n):
        walk = chain(walk)
    return sum(walk)


print(deep(50))


def changing():
    items, seen = list(range(200)), []
    for item in chain(items, items):
        if item == 150 and len(items) < 205:
            items.append(1000 + len(items))
        if item > 195:
            seen.append(item)
    return seen


print(changing())
