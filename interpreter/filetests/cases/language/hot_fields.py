# test: run
"""Fields of f-strings and `str` of objects that are shown by Python code."""

N = 200


class Shown:
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class Represented:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class Both(Shown, Represented):
    def __repr__(self):
        return f"r{self.text}"


class Formatted(Both):
    def __format__(self, spec):
        return f"[{spec}]"


class Plain:
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def loop(function, value):
    found = None
    for _ in range(N):
        found = attempt(function, value)
    return found


ways = [lambda v: f"{v}", lambda v: f"{v!s}", lambda v: f"{v!r}", lambda v: f"{v!a}", lambda v: f"<{v}|{v!r}>",
        lambda v: f"{v:}", lambda v: f"{v!s:>4}", lambda v: str(v), lambda v: f"{v}{v}", lambda v: "%s %r" % (v, v)]
for make in Shown, Represented, Both, Formatted:
    for text in "é", "plain":
        print(*[loop(way, make(text)) for way in ways[make is Shown and 2:] if make is not Shown or way not in (ways[2], ways[3], ways[4], ways[9])], sep="; ")
print(loop(ways[0], Shown("x")), loop(ways[1], Shown("x")))
print(loop(ways[0], Shown(5)), loop(ways[2], Both("1")), sep="; ")


def changing():
    value, found = Both("b"), []
    for i in range(N):
        found.append(f"{value}{value!r}")
        if i == N // 2:
            Both.__format__ = lambda self, spec: "new"
            Both.__repr__ = lambda self: "R"
    del Both.__format__
    return found[0], found[-1], len(set(found))


print(changing())


class Raises:
    def __str__(self):
        return {}[self]


print(loop(ways[0], Raises())[:8], loop(ways[7], Raises())[:8])
