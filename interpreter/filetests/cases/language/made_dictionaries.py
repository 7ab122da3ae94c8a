# test: run
"""Dictionaries of keywords and displays with names as keys, that hot loops make, do without, let go to others,
change, or leave in the midst of: with no key up to nine."""

import gc


def gathered(**keywords):
    return keywords


def count(**keywords):
    return len(keywords)


def pass_on(*args, **keywords):
    return shown(*args, **keywords)


def shown(*args, **keywords):
    return args, keywords


def loop(f, n=400):
    last = None
    for i in range(n):
        last = f(i)
    return last


# Of each size: made and let go, counted, passed on.
NAMES = "abcdefghij"
for size in range(10):
    names = NAMES[:size]
    arguments = ", ".join(f"{name}=i + {at}" for at, name in enumerate(names))
    separator = ", " if size else ""
    made = eval(f"lambda i: gathered({arguments})", globals())
    counted = eval(f"lambda i: count({arguments})", globals())
    passed = eval(f"lambda i: pass_on(i{separator}{arguments})", globals())
    display = eval("lambda i: {" + ", ".join(f"'{name}': i * {at}" for at, name in enumerate(names)) + "}")
    print(size, loop(made), loop(counted), loop(passed), loop(display))
    one, other = loop(made), loop(made)
    print(one == other, one is other, list(one.items()) == sorted(one.items()), one.get("c"), "e" in other)
    one["later"] = size
    one.update(a="changed")
    del one["later"]
    print(one, other, {**one, "z": 1}, other | {"y": 2})


# The loop is left while a dictionary is needed: by an exception, a return, an overflow, another type.
def left_by(kind, n=500):
    def inner(value, **keywords):
        if keywords["at"] == n - 3:
            if kind == "raise":
                raise ValueError(value, keywords)
            if kind == "return":
                return keywords, True
        return keywords["at"] + value, False

    total = 0
    step = 1
    for i in range(n):
        keywords = {"at": i, "also": total}
        result, done = inner(step, **keywords)
        if done:
            return result, keywords
        total += result
        if kind == "overflow" and i == n - 5:
            step = 1 << 61
        if kind == "float" and i > n - 5:
            step = 0.5
    return total, keywords


for kind in ("raise", "return", "overflow", "float"):
    try:
        print(kind, left_by(kind))
    except ValueError as error:
        print(kind, error.args)


# Kept from round to round, one in another, and with the names of what holds them.
def chained(n):
    link = {}
    for i in range(n):
        link = {"before": link if i % 50 else None, "number": i}
        if i % 97 == 0:
            gc.collect()
    depth = 0
    while link:
        depth += link["number"]
        link = link["before"]
    return depth


print(chained(777))


def same_object(n):
    same = 0
    for i in range(n):
        one = {"i": i}
        other = one
        other["i"] += 1
        same += one is other and one["i"] == i + 1
        if {"i": i} is one:
            return "never"
    return same


print(same_object(600))


def walked(n):
    total = 0
    seen = []
    for i in range(n):
        point = {"x": i, "y": 2, "z": i & 3}
        for key, value in point.items():
            total += value * len(key)
        total += sum(point.values()) + max(point, key=point.get).count("x")
        if i % 200 == 0:
            seen.append((point, list(point), sorted(point.items(), reverse=True)))
    return total, seen


print(walked(700))


def changed_while_walked(n):
    errors = 0
    for i in range(n):
        small = {"one": 1, "two": 2}
        try:
            for key in small:
                if i % 3 == 0:
                    small[key + "!"] = i
        except RuntimeError:
            errors += 1
    return errors, small


print(changed_while_walked(500))


def grown(n):
    for i in range(n):
        room = {"a": 0, "b": 1, "c": 2}
        for name in NAMES[: i % 11]:
            room[name] = room.get(name, 0) + i
        room.pop("b", None)
    return room


print(grown(505))


class Box:
    def __init__(self, **options):
        self.__dict__.update(options)
        self.options = options


def boxes(n):
    made = [Box(width=i, height=i * 2, name=str(i)) for i in range(n)]
    return made[-1].width, made[-1].options, made[3].__dict__ is made[3].options, len({id(b.options) for b in made})


print(boxes(300))


def defaults(a, /, b=2, *, c=3, **rest):
    return a, b, c, rest


def mixed(n):
    found = set()
    for i in range(n):
        keywords = {"b": i} if i & 1 else {"c": -i, "a": 0}
        if i % 5 == 0:
            keywords["more"] = None
        found.add(str(defaults(1, **keywords)) if i > n - 20 else "")
    return sorted(found)


print(mixed(450))
try:
    for i in range(300):
        shown(**{"a": i}, **({"a": 1} if i == 290 else {"b": 1}))
except TypeError as error:
    print(i, str(error).split(".")[-1])
