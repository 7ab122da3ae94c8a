# test: run
# `in` and `not in` of objects whose class says by a Python function what they contain: as a value and
# as a condition, results of all kinds, exits within the method, errors, and classes that change.


class Bag:
    def __init__(self, *items):
        self.items = list(items)
        self.asked = 0

    def __contains__(self, item):
        self.asked += 1
        if item == "fail":
            raise ValueError("asked too much")
        for own in self.items:
            if own == item:
                return True
        return False


class Gives:
    def __init__(self, value):
        self.value = value

    def __contains__(self, item):
        return self.value


class Truth:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        if self.value == "raise":
            raise KeyError("no truth")
        return self.value


class Derived(Bag):
    pass


def conditions(bag, n):
    yes = no = 0
    for i in range(n):
        if i % 7 in bag:
            yes += 1
        if i % 5 not in bag:
            no += 1
        while i in bag:
            i += 1
            yes += 10
    return yes, no, bag.asked


def values(bag, n):
    out = []
    for i in range(n):
        out.append((i % 4 in bag, i % 4 not in bag, not (i in bag)))
    return out[-4:], bag.asked


for kind in (Bag, Derived):
    print(conditions(kind(1, 3), 300))
    print(values(kind(1, 3), 300))


def mixed(things, n):
    told = []
    for i in range(n):
        thing = things[i * len(things) // n]
        found = 1 in thing
        other = "yes" if 1 in thing else "no"
        third = 1 not in thing
        if not told or told[-1] != (found, other, third):
            told.append((found, other, third))
    return told


print(mixed([Bag(1), Gives(0), Gives(2), Gives(""), Gives("a"), Gives([]), Gives(None), Gives(1.5),
             Gives(Truth(True)), Gives(Truth(False)), [1], {2: 1}, "1" and (1,), Derived(1)], 14 * 60))


def failing(bag, keys):
    told = []
    for key in keys:
        try:
            told.append(key in bag)
        except (ValueError, KeyError, TypeError) as error:
            told.append(f"{type(error).__name__}: {error}")
        try:
            if key not in bag:
                told.append("not")
        except (ValueError, KeyError, TypeError) as error:
            told.append(f"{type(error).__name__}: {error}")
    return told[-8:]


print(failing(Bag(1), [1, 2] * 60 + ["fail", 1, "fail", 2]))
print(failing(Gives(Truth("raise")), [1] * 90))


def changing(n):
    class Own:
        def __contains__(self, item):
            return item > 3

    told = []
    own = Own()
    for i in range(n):
        if i == n - 30:
            Own.__contains__ = lambda self, item: item < 3
        elif i == n - 20:
            Own.__contains__ = None
        elif i == n - 10:
            del Own.__contains__
            Own.__iter__ = lambda self: iter([5])
        try:
            found = 5 in own, 2 in own
        except TypeError as error:
            found = type(error).__name__
        if not told or told[-1] != found:
            told.append(found)
    return told


print(changing(200))


class Generated:
    def __contains__(self, item):
        yield item


class Defaults:
    def __contains__(self, item, more=3):
        return item == more


class Deep:
    def __init__(self, inner):
        self.inner = inner

    def __contains__(self, item):
        return item in self.inner or item + 1 not in self.inner


def others(n):
    told = 0
    deep = Deep(Deep(Deep(Bag(1, 2, 3))))
    for i in range(n):
        told += (i in Generated()) + (i % 5 in Defaults()) * 2 + (i % 6 in deep) * 5
        if i in deep and i not in Defaults():
            told += 1
    return told


print(others(300))


class Endless:
    def __contains__(self, item):
        return item in self


try:
    print(1 in Endless())
except RecursionError as error:
    print(type(error).__name__)


async def waits(bag):
    return 1 in bag and 2 not in bag


def generator(bag, n):
    for i in range(n):
        yield i in bag
        if i not in bag:
            yield "not"


print(list(generator(Bag(3), 200))[:9], sum(one == "not" for one in generator(Bag(3), 200)))
try:
    waits(Bag(1)).send(None)
except StopIteration as stop:
    print(stop.value)
