# test: run
# Subclasses of `dict` whose missing keys are asked for, and the least and greatest of several values.
from collections import Counter, defaultdict


class Doubling(dict):
    def __missing__(self, key):
        if key == 13:
            raise KeyError("unlucky")
        return key * 2


class Own(defaultdict):
    def __getitem__(self, key):
        return "own " + str(super().__getitem__(key))


class Same:
    def __init__(self, name):
        self.name = name


def counted(count):
    numbers, words, lists = Counter(), Counter(), defaultdict(list)
    for n in range(count):
        numbers[n % 7] += 1
        words["ab"[n % 2]] += 2
        lists[n // 3 % 5].append(n)
        lists[(n % 2, "key")].append(n)
    return sorted(numbers.items()), sorted(words.items()), {str(k): len(v) for k, v in lists.items()}


def doubled(count):
    table = Doubling({0: "zero", 5: "five"})
    seen = []
    for n in range(count):
        try:
            seen.append(table[n % 16])
        except KeyError as error:
            seen.append(str(error))
        if n % 9 == 8:
            table[n % 16] = "set"
        if n % 25 == 24:
            table.pop(n % 16, None)
    return seen


def own(count):
    table = Own(int)
    for n in range(count):
        last = table[n % 3]
    return last, sorted(table)


def by_identity(count):
    names = [Same("a"), Same("b")]
    seen = defaultdict(int)
    for n in range(count):
        seen[names[n % 2]] += n
    return [seen[name] for name in names]


def extremes(count):
    seen = []
    for n in range(count):
        seen.append((min(n % 5, 2), max(n % 5, 2, 3), min(n % 7, 3.5, n % 3), max(1.5, n % 4, -0.0)))
        seen.append(max(0, -0.0, 0.0) is not None and str(max(-0.0, 0, 0.0)) + str(min(0.0, -0.0, 0)))
        seen.append(max("b", "ab", "c" * (n % 2)))
        if n % 50 == 49:
            seen.append(max(True, n, 2 ** 70, -2 ** 65))
        try:
            seen.append(min(n, "text", 3))
        except TypeError as error:
            seen.append(str(error))
    return seen


print(counted(300))
print(doubled(200))
print(own(100), by_identity(101))
found = extremes(120)
print(len(found), found[:16], found[-8:])

# A class that gets `__missing__`, or loses it, or gets another `__getitem__`, after its code was made.
del Doubling.__missing__
try:
    print(doubled(3), doubled(40))
except KeyError as error:
    print("KeyError", error)
Doubling.__missing__ = lambda self, key: "again"
print(doubled(20))
Doubling.__getitem__ = lambda self, key: "always"
print(doubled(4))
