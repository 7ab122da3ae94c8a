# test: run
"""Starred targets in hot loops: of tuples and lists of any length, of floats, of subclasses and other iterables,
too short ones, and lists that are kept, changed and compared."""


def each(sources, n=400):
    found = None
    for i in range(n):
        first, *rest = sources[i % len(sources)]
        found = first, rest
    return found


def both_ends(sources, n=400):
    total = 0
    for i in range(n):
        first, *rest, last = sources[i % len(sources)]
        total += len(rest) + (rest[0] if rest else 0)
        rest.append(first)
        total += rest[-1] + last
    return total, rest


class Items(list):
    pass


class Backwards(tuple):
    def __iter__(self):
        return iter(self[::-1])


print(each([(1, 2, 3)]), each([[1, 2, 3]]), each([[1.5, 2.5, 3.5]]), each([(1.5, 2, None)]))
print(each([(1,)]), each([[2]]), each(["text"]), each([b"bytes"]), each([{"a": 1, "b": 2}]))
print(each([tuple(range(size)) for size in range(1, 20)]))
print(each([list(range(size)) for size in range(1, 20)]))
print(each([Items([1, 2, 3]), Backwards((1, 2, 3)), range(4), [7.5], (x for x in "never")][:4]))
print(both_ends([(1, 2, 3), (1, 2), [4, 5, 6, 7]]), both_ends([[0.5, 1.5, 2.5, 3.5]]))
print(both_ends([[1 << 61, 2, 3], [1e300, 5e-324, 1.0, 2]]))


def nested(n):
    total = 0
    for i in range(n):
        (a, *b), *c, (*d, e) = (i, 1, 2), 3, 4, [5, 6, i]
        total += a + sum(b) + sum(c) + sum(d) + e
    return total, b, c, d


print(nested(500))


def own(n):
    source = [1, 2, 3, 4]
    different = 0
    for i in range(n):
        head, *tail = source
        different += tail is not source
        tail[0] = i
        source = [head, *tail]
        *source, dropped = [*source, 9]
    return source, different, dropped


print(own(600))


def swapped(n):
    a, b, c = 1, [2], [3]
    for i in range(n):
        a, *b = b[0], a, i
        b[0], *c = b
    return a, b, c


print(swapped(401))


def recursive(items):
    if not items:
        return 0
    first, *rest = items
    return first + recursive(rest)


print([recursive(list(range(n % 25))) for n in range(300)][-3:])


def pairs(n):
    total = 0
    for key, *values in [("a", 1, 2), ("b",), ["c", 3, 4, 5]] * n:
        total += sum(values) + len(key)
    return total


print(pairs(200))


def short(n):
    errors = []
    for i in range(n):
        source = (1, 2, 3) if i % 100 else [1]
        try:
            a, b, *c = source
        except ValueError as error:
            errors.append(str(error))
    return len(errors), errors[-1], a, b, c


print(short(500))
for wrong in (5, None, 1.5):
    try:
        for i in range(200):
            a, *b = (1, 2) if i < 190 else wrong
    except TypeError as error:
        print(i, error)


def matched(n):
    found = []
    for i in range(n):
        match [i, *range(i % 4)]:
            case [only]:
                found.append(only)
            case [first, *rest, 2]:
                found.append((first, rest))
            case [first, *_]:
                found.append(-first)
    return found[-6:]


print(matched(300))
