# test: run
"""Iteration over builtin containers in hot loops, and what goes wrong in it."""


class Eq:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        return isinstance(other, Eq) and self.n == other.n


def enumerated(items, start=0):
    total = 0
    for at, item in enumerate(items, start):
        total += at * item
    return total


def zipped(a, b):
    total = 0.0
    for x, y in zip(a, b):
        total += x * y
    return total


def three(a, b, c):
    out = []
    for i, (x, y, z) in enumerate(zip(a, b, c)):
        out.append((i, x, y, z))
    return out[-1], len(out)


def grouped(items):
    it = iter(items)
    return [a * 10 + b for a, b in zip(it, it)]


def keys(d):
    total = 0
    for key in d:
        total += key
    return total


def values(d):
    total = 0
    for value in d.values():
        total += value
    return total


def items(d):
    total = 0
    for key, value in d.items():
        total += key * value
    return total


def holes(n):
    d = {i: i for i in range(n)}
    for i in range(0, n, 3):
        del d[i]
    total = 0
    for key, value in d.items():
        total = (total * 7 + key + value) % 1000003
    return total


def grows(n):
    d = {i: i for i in range(n)}
    seen = 0
    try:
        for key in d:
            seen += 1
            if seen == n // 2:
                d[-1] = 0
    except RuntimeError as error:
        return seen, str(error)


def replaced(n):
    d = {i: i for i in range(n)}
    seen = 0
    try:
        for key in d:
            seen += 1
            if seen == n // 2:
                del d[n - 1]
                d[n] = 1
    except RuntimeError as error:
        return seen, str(error)
    return seen, sorted(d)[-2:]


def changed_values(n):
    d = {i: i for i in range(n)}
    total = 0
    for key, value in d.items():
        total += value
        if key + 1 < n:
            d[key + 1] = 2
    return total


def backwards(items):
    out = 0
    for item in reversed(items):
        out = (out * 3 + item) % 1000003
    return out


def shrinks(n):
    items = list(range(n))
    seen = 0
    for item in items:
        seen += item
        if item % 2:
            items.pop()
    return seen, len(items)


def shrinks_backwards(n):
    items = list(range(n))
    seen = 0
    for item in reversed(items):
        seen += 1
        if seen % 2:
            items.clear()
    return seen


def text(s):
    vowels = 0
    last = ""
    for char in s:
        if char == "e" or char == "o":
            vowels += 1
        if char != last:
            vowels += 3
        last = char
    return vowels


def indexed(s):
    found = 0
    at = 0
    while at < len(s):
        if s[at] == "o":
            found += at
        if s[-at - 1] in "xyz":
            found -= 1
        at += 1
    return found


def code_points(s):
    total = 0
    for at in range(len(s)):
        total += ord(s[at])
    return total


def octets(b):
    total = 0
    for at in range(len(b)):
        total += b[at] * at
    for byte in b:
        total ^= byte
    return total


def past_the_end(s):
    got = []
    for at in range(len(s) + 3):
        try:
            got.append(s[at])
        except IndexError as error:
            got.append(str(error))
    return got[-4:]


def mixed(n):
    """One loop over many kinds of containers."""
    total = 0
    for turn in range(n):
        for container in ([1, 2], (3, 4), {5: 6}, {7}, range(2), b"ab", {8: 9}.values(), frozenset([1])):
            for item in container:
                total += item
    return total


def built(n):
    total = 0
    for i in range(n):
        s = set()
        s.add(i)
        s.add(i + 1)
        d = {}
        d[i] = i
        d["x"] = 2.5
        total += len(s) + len(d) + (i in s) + (i not in d) + (not s)
        squares = {k: k * k for k in range(3)}
        odd = {k for k in range(5) if k % 2}
        total += sum(squares.values()) + len(odd)
    return total


def slices(n):
    items = list(range(10))
    for i in range(n):
        items[: i % 7] = items[i % 7 :: -1][: i % 7]
        items[2:4] = (items[3], items[2])
    return items


def formats(n):
    out = []
    for i in range(n):
        out.append(f"{i}:{i * 0.5:.2f}" + f"{i!r}-{'x' * (i % 3)}")
    return out[-1], len("".join(out))


def methods(n):
    words = []
    counts = {}
    for i in range(n):
        word = ("Ab%d" % (i % 5)).lower().strip("a")
        words.append(word.upper())
        counts[word] = counts.get(word, 0) + 1
        if i % 10 == 9:
            words.pop()
            words.insert(0, word)
            words.extend(["x", "y"])
        counts.setdefault("total", 0)
        counts["total"] += i.bit_length() + (0.5 * i).is_integer()
    return words[:3], len(words), sorted(counts.items())


def bound(n):
    items = []
    add = items.append
    take = {i: -i for i in range(10)}.get
    for i in range(n):
        add(take(i % 12, "none"))
    return len(items), items[-13:]


def kinds(n):
    found = {}
    for value in [1, 2.5, "s", None, True, [], (), {}, Eq(1), 2**80, b"", int, len] * n:
        kind = type(value)
        found[kind.__name__] = found.get(kind.__name__, 0) + 1
        if isinstance(value, (int, str)):
            found["either"] = found.get("either", 0) + 1
        elif not isinstance(value, (list, tuple, dict)):
            found["other"] = found.get("other", 0) + 1
    return sorted(found.items())


def odd_keys(n):
    d = {Eq(i): i for i in range(5)}
    total = 0
    for i in range(n):
        d[i % 7] = i
        if Eq(i % 9) in d:
            total += d[Eq(i % 9)]
        total += d.get(i % 11, 3)
    return total, len(d)


def missing(n):
    d = {i: i for i in range(0, n, 2)}
    total = 0
    for i in range(n):
        try:
            total += d[i]
        except KeyError as error:
            total += error.args[0] * 2
        try:
            [].pop()
        except IndexError:
            total += 1
    return total


def ranges(n):
    total = 0
    for i in range(n):
        for j in range(i % 4):
            total += j
        for j in range(3, i % 8):
            total += j * 2
        for j in range(i % 5, 0, -2):
            total += j * 3
        total += len(range(i)) + (5 in range(i % 9))
    return total


for n in (4, 50, 500):
    numbers = list(range(n))
    print(enumerated(numbers), enumerated(tuple(numbers), 5), enumerated(numbers, 2**60 - 2), enumerated(range(n)))
    print(zipped(numbers, [0.5] * n), zipped(numbers, numbers[: n // 2]), zipped((1.5,) * n, range(n)))
    print(three(numbers, "ab" * n, tuple(numbers)), sum(grouped(numbers)))
    d = {i: i + 1 for i in range(n)}
    print(keys(d), values(d), items(d), holes(n), grows(n), replaced(n), changed_values(n))
    print(backwards(numbers), backwards(tuple(numbers)), backwards(d), backwards(range(n)))
    print(shrinks(n), shrinks_backwards(n))
    print(text("hello world " * n), text("\u00e9e\u0151o" * n), text("zo\U0001f600e" * n))
    print(indexed("hello xo " * n), indexed("o\u0151xz" * n), code_points("a\u00ff" * n), code_points("\u0151z" * n))
    print(octets(bytes(range(200))), past_the_end("abc" * n), mixed(n))
    print(built(n), slices(n), formats(n))
    print(methods(n), bound(n))
    print(kinds(n))
    print(odd_keys(n), missing(n), ranges(n))


def carried(n):
    """What an op reads of a register is what the last time round left there."""
    items = [7] * 4
    for _ in range(n):
        items = list(map(lambda v: v - 3, [1 << 100, *items, 0]))[:24]
    return items[:3], len(items)


print(carried(12), carried(300))
