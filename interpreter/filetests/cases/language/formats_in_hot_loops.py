# test: run
# `%` and format specifications of constants in loops: each with values of several kinds.

FORMATS = [
    "%s", "%5s|", "%-5s|", "%.2s|", "%5.1s|", "%05s|", "%r", "%8r|", "%-8r|", "%a", "%c",
    "%d", "%5d|", "%-5d|", "%05d|", "%-05d|", "%+d", "% d", "%+5d|", "% 05d|", "%.3d|", "%5.3d|",
    "%i", "%u", "%x", "%X", "%o", "%#x", "%#X", "%#o", "%6x|", "%-6x|", "%06x|", "%#06x|", "%+x",
    "%f", "%.2f", "%8.2f|", "%-8.2f|", "%08.2f|", "%+.1f", "% .0f", "%.f", "%#.0f", "%e", "%.2E",
    "%g", "%G", "%.3g", "%ld", "%hd", "%%", "%5%", "a%sb", "%s%%", "%",
    "%s and %s", "%d-%5.1f", "%(a)s", "%(a)s%(b)s", "%(a)5s|", "%(b)d", "%(b)05.1f", "%(c)s", "%(a",
    "%(a)s%s", "%z", "%1000d", "%2000d",
]

SPECS = [
    "", "d", "5", "5d", "<5", "<5d", ">5d", "^5d", "=5d", "05", "05d", "<05d", ">05d", "012d",
    "+d", " d", "-d", "+05d", "x", "X", "#x", "o", "b", "#b", "8x", "<8x", "08b", "70b", "99d", "100d",
    ",", ",d", "_x", "c", "n", "e", "f", ".2f", "8.2f", "<8.2f", "08.2f", ".0f", "g", "%", ".1%",
    "s", "5s", "<5s", ">5s", "^5s", "^6s", ".2", ".2s", "5.1s", "*>5", "*^9d", "05s", "z.1f", "5.",
    "5.2", "1234567890123d", "q", "!", ".", "<", ">", "^0", "0", "00", "007d", "x5",
]

VALUES = [
    0, 7, -7, 12345, -255, 2**60, -(2**60), 2**61, 2**70, -(2**70), True, 1.5, -0.0, -2.25, 1e300,
    float("inf"), float("nan"), "", "abc", "\xe4bc", "a\u20ac", "\U0001f600", b"abc", None,
    (1,), (1, 2), ("x", 2.5), {"a": "A", "b": 3}, {"a": 1, "b": 2.5}, {"a": "A"}, [1],
]


class Own:
    def __str__(self):
        return "own str"

    def __repr__(self):
        return "own repr"

    def __format__(self, spec):
        return "own " + spec


def percent(text):
    space = {}
    exec(f"def one(value):\n    return {text!r} % value\n", space)
    return space["one"]


def field(text):
    space = {}
    exec(f"def one(value):\n    return format(value, {text!r})\n", space)
    return space["one"]


def outcome(one, value):
    try:
        return one(value)
    except Exception as error:
        return type(error).__name__


def hot(one, value):
    last = outcome(one, value)
    for _ in range(12):
        now = outcome(one, value)
        if now != last:
            return "different", last, now
    return last


def mix(text):
    total = 0
    for at, c in enumerate(text):
        total = (total * 31 + ord(c) + at) % 1000003
    return total


for make, texts in (percent, FORMATS), (field, SPECS):
    for text in texts:
        one = make(text)
        found = [hot(one, value) for value in VALUES + [Own()]]
        again = [hot(one, value) for value in reversed(VALUES)]
        assert again[::-1] == found[:-1], text
        shown = [str(f) for f in found]
        print(repr(text), mix("".join(shown)), *[ascii(f[:24]) for f in shown[1:5]])


def fields():
    out = []
    for i in range(-40, 40):
        x, s = i / 8, "v" * (i % 5)
        out.append(f"{i:5d}|{i:<5}|{i:05d}|{i:x}|{x:.2f}|{x:8.1f}|{s:>6}|{s:^5}|{s:.2}|{i!r:>5}|")
        out.append("%5d|%-5d|%05d|%x|%.2f|%8.1f|" % (i, i, i, i, x, x))
        out.append("%6s|%-6s|%r" % (s, s, s))
        out.append("%(i)d %(s)s %(x)f" % {"i": i, "s": s, "x": x})
    return mix("".join(out)), out[-4:]


def lacking():
    d = {"a": "1", "b": 2}
    out = []
    for i in range(60):
        if i == 40:
            d["a"] = 1.5
        if i == 50:
            del d["b"]
        try:
            out.append("%(a)s-%(b)s" % d)
        except KeyError as error:
            out.append(repr(error))
    return out[39], out[45], out[59]


def translated():
    table = bytes.maketrans(b"abc", b"xyz")
    out = b""
    for i in range(60):
        out = (b"aabbcc-" * (i % 3)).translate(table) + b"abcd".translate(table, b"b")
        out += b"abcd".translate(None, b"cd") + bytearray(b"cab").translate(table)
    return out


print(fields())
print(lacking())
print(translated())
