# test: run
# Where a dictionary has a key is asked once as long as no key comes or goes; what is there may change.


class Node:
    pass


def find(parents, node):
    if node not in parents:
        parents[node] = node
        return node
    root = node
    while parents[root] is not root:
        root = parents[root]
    while parents[node] is not root:
        parents[node], node = root, parents[node]
    return root


def union_find():
    nodes = [Node() for _ in range(60)]
    total = 0
    for turn in range(40):
        parents = {}
        for at, node in enumerate(nodes):
            one, other = find(parents, node), find(parents, nodes[at * 7 % 60])
            if at % (turn % 5 + 2):
                parents[one] = other
        total += sum(find(parents, node) is nodes[turn] for node in nodes)
    return total


def two_names(count):
    # The two are one dictionary every other time.
    found = []
    for at in range(count):
        one = {"a": 1, "b": 2}
        other = one if at % 2 else {"a": 10}
        before = one["a"]
        other["a"] = before + 1
        found.append((one["a"], other["a"], before))
    return found[-4:]


def removed_between(count):
    missing = 0
    for at in range(count):
        table = {"a": at, "b": at, "c": at}
        value = table["b"]
        if at % 3 == 0:
            del table["a"]
        elif at % 3 == 1:
            table.pop("b")
        if "b" in table:
            table["b"] = value + 1
        try:
            value += table["b"]
        except KeyError:
            missing += 1
        table["b"] = 1
        value += table["b"]
    return missing, value, list(table)


def grown_between(count):
    total = 0
    for at in range(count):
        table = {0: 1}
        total += table[0]
        for key in range(1, at % 30):
            table[key] = table[key - 1] + 1
        table[0] = 5
        total += table[0] + len(table)
    return total


def cleared_between(count):
    total = 0
    for at in range(count):
        table = {"k": at}
        if "k" in table:
            total += table["k"]
        if at & 4:
            table.clear()
            table["z"] = 3
        total += table.get("k", -1) + table.get("z", -2)
        total += table.get("k") is None
    return total


class Loud:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n

    def __eq__(self, other):
        loud.append(self.n)
        table["s"] = self.n
        return isinstance(other, Loud) and self.n == other.n


def changed_by_python(count):
    global table, loud
    loud = []
    total = 0
    for at in range(count):
        table = {"s": 0, Loud(1): 2}
        total += table["s"]
        total += table[Loud(1)]
        total += table["s"]
    return total, len(loud)


def watched(count):
    # What module dictionaries hold is relied on by others.
    names = globals()
    total = 0
    for at in range(count):
        total += names["step"]
        if at % 7 == 6:
            names["step"] = names["step"] % 3 + 1
        total += step
    return total


step = 1


def functions(count):
    def one():
        return 1

    def two():
        return 2

    table = {"f": one}
    total = 0
    for at in range(count):
        total += table["f"]()
        if "f" in table:
            table["f"] = two if at % 5 else one
        total += table["f"]()
    return total


def floats(count):
    table = {"x": 0.5, "n": 1e300}
    for at in range(count):
        if "x" in table:
            table["x"] = table["x"] * 1.0625 + at
        table["n"] *= 1.5
    return table


def mixed_keys(count):
    keys = ["a", 1, 2.5, None, (1, 2), b"x", True, 10**20, Node]
    table = {}
    hits = 0
    for at in range(count):
        key = keys[at % 9]
        if key in table:
            table[key] += 1
            hits += table[key]
        else:
            table[key] = at % 4
    return hits, list(table.values())


def negated(count):
    table = {"a": 1}
    seen = []
    for at in range(count):
        there = "a" in table
        absent = "a" not in table
        if at % 11 == 10:
            if there:
                del table["a"]
            else:
                table["a"] = at
        seen.append(there + 2 * absent)
    return sum(seen)


class Sub(dict):
    def __missing__(self, key):
        return -key


def subclasses(count):
    table = Sub({1: 1})
    total = 0
    for at in range(count):
        total += table[at % 3]
        if 1 in table:
            table[1] = table[1] + 1
        total += table.get(2, 7)
    return total


def unhashable(count):
    table = {"a": 1}
    wrong = 0
    keys = ["a"] * count + [[]]
    try:
        for key in keys:
            wrong += table[key]
    except TypeError as error:
        return wrong, str(error)


def added(count):
    total = 0
    for at in range(count):
        names, table, held = {}, {}, set()
        for key in ("a", at, 0.5 * at, Node, None, 7, "b", "a", at):
            if key not in table:
                table[key] = len(table)
                total += table[key]
            found = names.get(key)
            if found is None:
                found = names[key] = [at]
            found.append(key)
            if key in ("a", "b", 7):
                held.add(key)
        total += sum(len(found) for found in names.values()) + len(held)
    return total


def zipped(count):
    total = 0
    for at in range(count):
        keys = [Node(), "a", at]
        table = dict(zip(keys, range(at % 5)))
        total += table.get("a", -1) + len(table)
        total += len(dict(zip((1, 2, 2), "abc"), c=1)) + len(dict(zip([], [])))
    strict = []
    for keys, values in (("ab", "c"), ("a", "bc"), ("ab", "cd")):
        try:
            strict.append(dict(zip(keys, values, strict=True)))
        except ValueError as error:
            strict.append(str(error))
    ends = iter([1, 2, 3])
    table = dict(zip(ends, iter("a")))
    return total, strict, table, next(ends), dict(zip("abc"[:1], [1], [2][:0]))


print(union_find())
print(two_names(300))
print(removed_between(300))
print(grown_between(300))
print(cleared_between(300))
print(changed_by_python(300))
print(watched(300))
print(functions(300))
print(floats(300))
print(mixed_keys(600))
print(negated(300))
print(subclasses(300))
print(unhashable(300))
print(added(200))
print(zipped(200))
