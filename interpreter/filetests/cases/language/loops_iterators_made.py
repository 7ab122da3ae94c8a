# test: run
# Iterators over others, made, walked through and exhausted in loops that get hot.
def zipped(count):
    total, left = 0, []
    for n in range(count):
        a, b = list(range(n % 4)), tuple(range(n % 3))
        for x, y in zip(a, b):
            total += x * 10 + y + 1
        for x, y, z in zip(a, "abc", range(2)):
            total += x + ord(y) + z
        for (x,) in zip(b):
            total -= x
        first = iter(a)
        pairs = zip(first, b)
        for x, y in pairs:
            total += x
        left.append((list(first), list(pairs)))
    return total, left[-5:]

print(zipped(300))

def counted(count):
    total, rest = 0, None
    for n in range(count):
        items = [n] * (n % 5)
        for at, item in enumerate(items):
            total += at * item
        for at, item in enumerate(tuple(items), n):
            total += at - item
        for at, (x, y) in enumerate(zip(items, items)):
            total += at + x - y
        numbered = enumerate(items, -2)
        for at, item in numbered:
            if at == 0:
                break
            total += at
        rest = list(numbered)
    return total, rest

print(counted(300))

def backwards(count):
    total, ended = 0, 0
    for n in range(count):
        items = list(range(n % 6))
        for item in reversed(items):
            total = total * 3 % 100003 + item
            if n % 50 == 49 and item == 3:
                items.append(item)
                del items[:2]
        walk = reversed(items)
        for item in walk:
            total += item
        ended += next(walk, -1)
        for item in reversed("xy" if n % 2 else (n, n)):
            total += len(str(item))
    return total, ended

print(backwards(300))

def growing(count):
    seen = []
    for n in range(count):
        items, taken = [1, 2], 0
        walk = iter(items)
        for item in zip(walk):
            taken += 1
            if taken < 4:
                items.append(taken)
        items.append("later")
        seen.append((taken, next(walk, None), len(list(enumerate(items)))))
    return seen[-2:]

print(growing(150))

def same_twice(count):
    found = None
    for n in range(count):
        walk = iter([n, n + 1, n + 2, n + 3, n + 4])
        found = [x * y for x, y in zip(walk, walk)], next(walk, "none")
    return found

print(same_twice(150))

def strict(count):
    errors = 0
    for n in range(count):
        try:
            for x, y in zip([1, 2], [3] * (n % 4), strict=True):
                pass
        except ValueError as raised:
            errors += len(str(raised))
    return errors

print(strict(200))

class Odd:
    def __iter__(self):
        return iter((1, 2, 3))

def mixed(count):
    sources, total = [[1, 2], (3, 4), "ab", {5: 6}, {7}, range(2), Odd(), iter([8])], []
    for n in range(count):
        a, b = sources[n % 8], sources[n * 3 % 8]
        total.append(sum(len(str(x)) + len(str(y)) for x, y in zip(a, b)))
        for at, x in enumerate(a):
            total[-1] += at
    return total[::17]

print(mixed(200))

def wrong(count):
    errors = set()
    for n in range(count):
        try:
            if n % 3 == 0:
                enumerate(n)
            elif n % 3 == 1:
                zip([], n)
            else:
                reversed({1})
        except TypeError as raised:
            errors.add(str(raised))
    return sorted(errors)

print(wrong(90))
