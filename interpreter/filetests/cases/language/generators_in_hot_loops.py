# test: run
"""Generators in hot loops, with all the ways out of them."""


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def filtered(items, keep):
    for item in items:
        if keep(item):
            yield item


def floats(n):
    x = 0.5
    for _ in range(n):
        yield x
        x *= 1.01


def chain(*parts):
    for part in parts:
        yield from part


def echo():
    total = 0
    while True:
        got = yield total
        if got is not None:
            total += got


def careful(items, log):
    try:
        for item in items:
            try:
                yield 10 // item
            except ZeroDivisionError:
                log.append("inner")
            if item < 0:
                raise ValueError(item)
    finally:
        log.append("closed")


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            for value in self.right:
                yield value


def plain(n):
    total = 0
    last = -1
    for i in count(n):
        total += i
        last = i
    return total, last


def after_loop(n):
    # `kept` lives at the loop's end and not in its body.
    kept = 5
    seen = 0
    for i in count(n):
        kept = i * 2
        seen += 1
        if seen % 7 == 0:
            kept = -1
    return kept, seen


def early(n):
    hits = 0
    for start in range(n):
        for i in count(10):
            if i == 3:
                hits += i
                break
        else:
            hits = -1
    return hits


def types_change(n):
    out = []
    for item in filtered([1, 2.5, "a", None, 2**70, -1] * n, lambda item: item is not None):
        if isinstance(item, int):
            out.append(item + 1)
        elif isinstance(item, float):
            out.append(item * 2)
        else:
            out.append(item)
    return len(out), out[:6], out[-3:]


def boxed(n):
    total = 0.0
    for x in floats(n):
        total += x
    return round(total, 6)


def sent(n):
    e = echo()
    next(e)
    total = 0
    for i in range(n):
        total += e.send(i)
    e.close()
    return total


def raising(n):
    log = []
    results = []
    for turn in range(n):
        try:
            for value in careful([1, 2, 5, -3 if turn % 5 == 4 else 3, 4], log):
                results.append(value)
        except ValueError as error:
            log.append(str(error))
    return len(log), log[-3:], sum(results)


def zero(n):
    log = []
    got = []
    for turn in range(n):
        try:
            for value in careful([1, 0 if turn % 3 == 2 else 2, 5], log):
                got.append(value)
        except ZeroDivisionError:
            log.append("outer")
    return sum(got), log.count("closed"), log.count("outer"), log.count("inner")


def handled_inside(n):
    """A generator that yields while it handles an exception."""

    def work():
        for i in range(n):
            try:
                if i % 3 == 0:
                    raise KeyError(i)
                yield "fine"
            except KeyError as error:
                yield f"handled {error}"
                try:
                    raise
                except KeyError as again:
                    assert again is error

    return [text for text in work()].count("fine"), list(work())[-1]


def trees(n):
    tree = Tree(4, Tree(2, Tree(1), Tree(3)), Tree(6, Tree(5), Tree(7)))
    total = 0
    for _ in range(n):
        for value in tree:
            total = (total * 3 + value) % 1000003
    return total


def expressions(n):
    data = list(range(20))
    out = []
    for k in range(n):
        limit = k % 17
        out.append(sum(x * k for x in data if x > limit))
        out.append(any(x == limit for x in data))
        out.append(all(x < 15 for x in data if x != k))
        for y in (x + limit for x in data):
            out.append(y)
    return len(out), out[-4:], hash(tuple(out[:50]))


def two_at_once(n):
    a, b = count(n), count(2 * n)
    pairs = 0
    for x in a:
        for y in b:
            pairs += x * y
            break
    return pairs


def outlives(n):
    """A generator that is finished, and asked again."""
    g = count(n)
    first = 0
    for x in g:
        first += x
    second = 0
    for _ in range(50):
        for x in g:
            second += 1
    return first, second


def reentrant():
    def own():
        for i in range(100):
            if i == 70:
                try:
                    next(me)
                except ValueError as error:
                    yield str(error)
            yield i

    me = own()
    return [x for x in me if not isinstance(x, int) or x > 97]


def changed_code(n):
    def a():
        yield 1
        yield 2

    def b():
        yield 10
        yield 20

    total = 0
    make = a
    for i in range(n):
        if i == n // 2:
            make = b
        for x in make():
            total += x
    a.__code__ = b.__code__
    for i in range(n):
        for x in a():
            total += x
    return total


def closures(n):
    shift = 3

    def shifted(items):
        for item in items:
            yield item + shift

    total = 0
    for i in range(n):
        for x in shifted((1, 2, 3)):
            total += x
        shift = i % 4
    return total


def locals_in(n):
    def work():
        a = 1
        for i in range(n):
            b = a + i
            yield sorted(locals())
            a = b

    last = None
    for names in work():
        last = names
    return last


def thrown(n):
    def work():
        caught = 0
        while True:
            try:
                yield caught
            except ValueError:
                caught += 1

    g = work()
    next(g)
    total = 0
    for i in range(n):
        total += next(g)
        if i % 4 == 0:
            total += g.throw(ValueError("x"))
    return total


def defaults(n):
    def spread(first, second=2, *more, last=9):
        yield first
        yield second
        for x in more:
            yield x
        yield last

    total = 0
    for i in range(n):
        for x in spread(i):
            total += x
        for x in spread(1, i, 3, 4, last=i):
            total += x
        for x in spread(second=i, first=1):
            total += x
    return total


def deep(n):
    def nest(k):
        if k:
            yield from nest(k - 1)
        yield k

    total = 0
    for _ in range(n):
        for x in nest(9):
            total += x
    return total


def returned(n):
    def inner(k):
        yield k
        return k * 2

    def outer(k):
        got = yield from inner(k)
        yield got

    total = 0
    for i in range(n):
        for x in outer(i):
            total += x
    return total


for size in (3, 40, 400):
    print(plain(size), after_loop(size), early(size))
    print(types_change(size))
    print(boxed(size), sent(size))
    print(raising(size))
    print(zero(size), handled_inside(size), trees(size))
    print(expressions(size)[:2], two_at_once(size), outlives(size))
    print(changed_code(size), closures(size), locals_in(size))
    print(thrown(size), defaults(size), deep(size), returned(size))
print(reentrant())
