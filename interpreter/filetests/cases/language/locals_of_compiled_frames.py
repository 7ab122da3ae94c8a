# test: run
"""What `locals()` shows is no operand of an instruction, and yet must be there when compiled code
makes the frame or leaves it."""


def nested(definition):
    name, prefix, suffix, parts = definition
    found = []
    for part in parts:
        if isinstance(part, tuple):
            found.append(nested(part))
        else:
            found.append(part)
    group = "|".join(found)
    return "%(prefix)s<%(name)s>%(group)s%(suffix)s" % locals()


tree = ("a", "b", "c", [
    ("d", "e", "f", ["g", "h"]), "i",
    ("j", "k", "l", ["m", ("n", "o", "p", ["q", "r", "s"])]), ("t", "u", "v", []),
])
texts = {nested(tree) for _ in range(500)}
print(len(texts), *texts)


def left_by_a_loop(n):
    last = -1
    for i in range(n):
        doubled = i * 2
        last = 0
        text = str(i)
    return locals()


print(left_by_a_loop(1000))
print(left_by_a_loop(2000))


def evaluated(n):
    for i in range(n):
        squared = i * i
    return eval("squared"), sorted(vars()), dir()


print(evaluated(1000))
print(evaluated(1500))


def kept_as_a_variable(n):
    total = 0
    for i in range(n):
        seen = i
        total += i
    seen = locals()
    return seen


print(kept_as_a_variable(1000))
print(kept_as_a_variable(1500))


def in_a_generator(n):
    for i in range(n):
        square = i * i
        yield locals() if i == n - 1 else None


print(*(shown for shown in in_a_generator(1000) if shown))


def caught(n):
    try:
        for i in range(n):
            half = i // 2
            if i == n - 1:
                raise ValueError(i)
    except ValueError as error:
        return locals()


for n in (1000, 1500):
    shown = caught(n)
    print(shown.pop("error").args, shown)
