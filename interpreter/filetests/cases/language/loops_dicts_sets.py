# test: run
# Sets and dictionaries displayed, filled and asked in loops: keys of all kinds, among them objects
# that hash by what they are and, later, by a method of their class.
class Key:
    def __init__(self, n):
        self.n = n

class Equal:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 7

    def __eq__(self, other):
        return isinstance(other, Equal) and self.n % 3 == other.n % 3

def displays(count):
    total = 0
    for n in range(count):
        small = {n % 5, n % 3, 4}
        mixed = {n, "a", n % 2 == 0, None}
        total += len(small) * 10 + len(mixed)
        table = {"n": n, "text": str(n), n % 4: small}
        total += table["n"] + len(table["text"]) + len(table)
        floats = {0.5: n, n % 2 + 0.0: 1.5}
        total += len(floats) + len({0.25 * n, 1.0})
        pair = {"x": n * 0.5, "y": -n}
        total += pair["x"] + pair["y"]
        try:
            total += len({n, [n]}) if n % 10 == 9 else 1
        except TypeError:
            total -= 1
    return total

print(displays(200))

def counted(count):
    keys, table, seen = [Key(n) for n in range(6)], {}, set()
    for n in range(count):
        key = keys[n * n % 6]
        table[key] = table.get(key, 0) + 1
        if key in seen:
            table[key] += 10
        seen.add(key)
        if n % 40 == 39:
            seen.discard(key)
            table.pop(key)
        if key not in table:
            table.setdefault(key, -5)
    return sorted((key.n, times) for key, times in table.items()), len(seen)

print(counted(300))

def equal(count):
    table, seen = {}, set()
    for n in range(count):
        key = Equal(n)
        table[key] = table.get(key, 0) + 1
        seen.add(Equal(n % 5))
        table[n % 3] = key in seen
    return sorted(str(value) for value in table.values()), len(seen)

print(equal(200))

def changes(count):
    keys, found = [Key(n) for n in range(4)], []
    for n in range(count):
        if n == 120:
            Key.__hash__ = lambda self: 1
            Key.__eq__ = lambda self, other: self.n % 2 == other.n % 2
        seen = set()
        for key in keys:
            seen.add(key)
        table = {}
        for key in keys:
            table[key] = key.n
        found.append((len(seen), len(table), len(set(seen)), len(frozenset(seen))))
    return found[::31]

print(changes(200))

def copies(count):
    total = 0
    for n in range(count):
        some = {n % 7, n % 5, 3}
        copy = set(some)
        copy.discard(3)
        fixed = frozenset(some)
        total += len(some) * 100 + len(copy) * 10 + len(fixed)
        total += len(set((n, n))) + len(set("aab"))
    return total

print(copies(200))
