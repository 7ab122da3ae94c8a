# test: run
# Formats that a trace does not know, of tuples and dictionaries whose values change their kinds.
import decimal


class Shown:
    def __init__(self, n):
        self.n = n

    def __str__(self):
        return f"<{self.n}>"

    def __repr__(self):
        return f"Shown({self.n})"


class Text(str):
    def __mod__(self, other):
        return "own " + str(other)

    def __str__(self):
        return "Text!"


class Items(tuple):
    def __rmod__(self, other):
        return "reflected"


class Mapping(dict):
    def __missing__(self, key):
        return "no " + key


class Key:
    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        asked.append(other)
        return other == self.text


asked = []


def fill(format, values):
    try:
        return format % values
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def last(format, *all_values):
    results = []
    for values in all_values:
        found = None
        for _ in range(70):
            found = fill(format, values)
        results.append(found)
    print(format, results)


def mixed(formats, all_values):
    results = {}
    for turn in range(80):
        for format in formats:
            for values in all_values:
                results[format, str(values)] = fill(format, values)
    for key, value in results.items():
        print(key, value)


last("a %s b %s", ("x", 1), ("x", 2.5), ("x", None), (Shown(1), "y"), ("é", "λ"), ("x",), (1, 2, 3), ([1], {2: 3}))
last("%d|%5d|%-5d|%05d", (1, 2, 3, 4), (1 << 70, -2, True, 4), (1.9, 2, 3, 4), ("1", 2, 3, 4))
last("%r %a", ("é", "é"), (Shown(2), Shown(3)), (b"x", 1.5))
last("%(a)s-%(b)d", {"a": "x", "b": 1}, {"a": Shown(4), "b": 2}, {"a": 1}, {"b": 1, "a": None, 3: 4}, Mapping(a=1))
last("%%", (), {}, (1,))
last("%c%c", ("a", 98), ("λ", 955), (-1, 1))
last("%s", (decimal.Decimal("1.10"),), ((1, 2),), ((Shown(5),),), "plain", {"a": 1}, [1, 2])
last("%.3f %e %g", (1.5, 2, 3 << 70), (decimal.Decimal("1.5"), 1, 2), ("x", 1, 2))
last("%*d|%-*d", (5, 1, 6, 2), ("5", 1, 6, 2))
last("%z", (1,), ())
last("%(a", {"a": 1}, (1,))
last("λ %(a)s", {"a": "é"}, {"a": "\U0001f600"})
last(Text("%s"), (1,), {"a": 1})
last("%s", Items((1,)), Items((1, 2)), Text("x"))
mixed(["%s", "%s %s", "%(k)s", "%d", "%5s|%-5s"], [("a",), ("a", "b"), (Shown(6), 2), {"k": "v"}, (3,), {"k": Shown(7)}])

with_key = {Key("a"): "by key", "b": 1}
last("%(a)s %(b)s", with_key, {"a": 0, "b": 1}, with_key)
print(len(asked) > 0, set(asked))

# What is shown changes while the values stay the same objects.
record = {"message": "m", "level": 1}
seen = []
for n in range(300):
    if n == 200:
        record["message"] = Shown(8)
    if n == 250:
        del record["level"]
    format = "%(message)s %(level)d" if n % 2 else "%(message)s"
    seen.append(fill(format, record))
print(seen[0], seen[1], seen[198:202], seen[248:252], seen[-1])


def in_place(text, values):
    text %= values
    return text


print({in_place("%s %s", ("a", n % 3)) for n in range(300)} == {"a 0", "a 1", "a 2"})
print({in_place("%s %s", ("a", Shown(n % 3))) for n in range(300)} == {"a <0>", "a <1>", "a <2>"})
