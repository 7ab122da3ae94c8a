# test: run
"""Loops over objects of subclasses of list, tuple, dict, set and str, some with methods of their own,
some of whose methods come while the loops run; and dictionaries whose keys move."""


class Nodes(list):
    def total(self):
        return sum([node for node in self])


class Doubled(list):
    def __iter__(self):
        for item in list.__iter__(self):
            yield item * 2

    def __getitem__(self, at):
        return list.__getitem__(self, at) * 2

    def __len__(self):
        return 2 * list.__len__(self)

    def __contains__(self, item):
        return item == "anything"


class Point(tuple):
    pass


class Text(str):
    __slots__ = ()


class Counts(dict):
    pass


class Missing(dict):
    def __missing__(self, key):
        return f"no {key}"


class Names(set):
    pass


def each(items):
    found = []
    for _ in range(40):
        for item in items:
            found.append(item)
    return len(found), found[-3:]


print(each(Nodes([1, 2, 3])), Nodes([4, 5, 6]).total())
print(each(Doubled([1, 2, 3])), each(Point((7, 8, 9))), each(Text("abc")), each(Counts(a=1, b=2)))


def places(items):
    total = 0
    for round in range(60):
        total += items[round % 3] + items[-1]
        if 2 in items:
            total += len(items)
        if 99 not in items:
            total += 1
    return total


print(places(Nodes([1, 2, 3])), places(Doubled([1, 2, 3])), places(Point((1, 2, 3))))


def stored(items):
    for round in range(60):
        items[round % 3] += round
        items.append(round)
    return len(items), items[:3], items[-1]


print(stored(Nodes([1, 2, 3])), stored(Doubled([1, 2, 3])))


def beyond(items):
    failed = 0
    for round in range(60):
        try:
            items[round]
        except IndexError as error:
            failed += 1
            text = str(error)
    return failed, text


print(beyond(Nodes([1, 2, 3])), beyond(Point((1, 2, 3))))


def keyed(table):
    found = []
    for round in range(60):
        key = "abc"[round % 3]
        if key in table:
            table[key] += 1
        else:
            table[key] = 1
        if "z" not in table:
            found.append(table[key])
    return found[-4:], dict(table)


print(keyed(Counts()), keyed({}), keyed(Missing()))


def looked_up(table):
    found = []
    for round in range(60):
        try:
            found.append(table["here" if round % 2 else "gone"])
        except KeyError as error:
            found.append(error.args)
    return found[-2:]


print(looked_up(Missing(here=1)), looked_up(Counts(here=1)), looked_up({"here": 2}))


# The class gains a method, and loses it.
def lengths(items):
    found = set()
    for round in range(90):
        if round == 40:
            Nodes.__len__ = lambda self: 17
            Nodes.__iter__ = lambda self: iter("xy")
            Nodes.__contains__ = lambda self, item: True
            Nodes.__getitem__ = lambda self, at: "taken"
        if round == 70:
            del Nodes.__len__, Nodes.__iter__, Nodes.__contains__, Nodes.__getitem__
        found.add((round // 10 % 4, len(items), "q" in items, items[0], tuple([item for item in items])))
    return sorted(found, key=repr)


print(lengths(Nodes(["a", "b", "c"])))


# An object changes its class.
class Other(list):
    def __len__(self):
        return -0

    def __iter__(self):
        return iter(())


def changes(items):
    seen = []
    for round in range(60):
        if round == 45:
            items.__class__ = Other
        seen.append((len(items), [item for item in items]))
    return seen[0], seen[44], seen[45], seen[-1]


print(changes(Nodes([1, 2])))


# Keys at other places than before, in dictionaries of other sizes, equal keys that are not the same.
def moved():
    total = 0
    tables = [
        {"a": 1, "b": 2},
        {"b": 3, "a": 4},
        {n: n for n in range(20)} | {"a": 5, "b": 6},
        {"a": 7},
        {True: 1, 2.0: 2, "a": 8, "b": 9},
    ]
    for round in range(200):
        table = tables[round // 7 % 5]
        key = "".join(["a"]) if round % 3 else "a"
        total += table[key]
        table["b"] = table.get("b", 0) + 1
        if round % 50 == 49:
            del table["b"]
        if round % 60 == 59:
            table.clear()
            table["c"], table["a"] = 0, 10
    return total, tables[0], tables[1], tables[3], list(tables[4].items())


print(moved())


class Same:
    """Equal to a string, with its hash."""

    def __hash__(self):
        return hash("a")

    def __eq__(self, other):
        return other == "a"


def clashing():
    table = {Same(): 1}
    found = []
    for round in range(60):
        found.append((table["a"], "a" in table, "b" in table))
        table["a"] = round
    return found[-1], len(table)


print(clashing())


def counted(table):
    total = 0
    for round in range(120):
        total += table[round % 10]
        table[round % 10] = total % 7
        if round % 11 in table:
            total += 1
    return total


print(counted({n: n * n for n in range(10)}))

# What can be called.
class Caller:
    def __call__(self):
        return 1


def calls(things):
    found = []
    for round in range(80):
        if round == 60:
            Same.__call__ = lambda self: 2
        found.append(sum([callable(thing) for thing in things]))
    return found[0], found[59], found[60], found[-1]


print(calls([len, print, Caller(), Caller, Same(), 1, None, "text", lambda: 0, [].append, 1.5]))


# Copies, texts of numbers.
class Own(list):
    pass


def copies(things):
    found = []
    for thing in things * 30:
        found.append((tuple(thing), list(thing)))
    return found[:5] == found[-5:], found[:5]


print(copies([[1, 2], (3, 4), Own([5]), "ab", {6: 7}]))


def texts(things):
    found = []
    for thing in things * 30:
        found.append(str(thing))
    return "".join(found[: len(things)]), len("".join(found))


print(texts([1, -5, 1 << 70, True, None, 2.5, "text", Text("own"), [1], 0]))
