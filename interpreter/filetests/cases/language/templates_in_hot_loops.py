# test: run
# `str.format` of constants in loops: each with values of several kinds.

TEMPLATES = [
    "", "text", "{}", "{0}", "{}{}", "{1}{0}", "{0}{0}", "{}{0}", "{0}{}", "{} and {}", "{{}}", "{{{}}}",
    "{!r}", "{!s}", "{!a}", "{!x}", "{!}", "{!r:>8}|", "{!s:<8}|", "{:5}|", "{:>5}|", "{:<5}|", "{:^7}|",
    "{:05}|", "{:d}", "{:5d}|", "{:x}", "{:#x}", "{:,}", "{:.2f}", "{:8.1f}|", "{:e}", "{:%}", "{:s}",
    "{:.1}", "{:q}", "{:{}}", "{:{}d}|", "{0.real}", "{0[0]}", "{name}", "{0:5}{1:>5}", "{", "}", "{0",
    "{:}", "{0:}", "{0!r}", "{2}", "{00}", "{-1}", "{ 0}", "a{}b{}c", "\xe4{}\u20ac{}", "{:\xe4>5}", "{:*^9}",
    "{}" * 6, "{0}" * 7,
]

VALUES = [
    (), (1,), (-7, 3), ("abc", 5), (5, "abc"), (1.5, 2), (2**60, -(2**60)), (2**70, 1), (True, None),
    ("\xe4", "\u20ac"), (float("inf"), 6), ("", 0), ([1], {}), (1, 2, 3), (1, 2, 3, 4, 5, 6),
]


class Own:
    def __format__(self, spec):
        return "own " + spec

    def __str__(self):
        return "own str"

    def __repr__(self):
        return "own repr"


def template(text, count):
    names = ", ".join(f"a{i}" for i in range(count))
    space = {}
    exec(f"def one({names}):\n    return {text!r}.format({names})\n", space)
    return space["one"]


def outcome(one, values):
    try:
        return one(*values)
    except Exception as error:
        return type(error).__name__


def hot(one, values):
    last = outcome(one, values)
    for _ in range(12):
        now = outcome(one, values)
        if now != last:
            return "different", last, now
    return last


for text in TEMPLATES:
    found = []
    ones = {count: template(text, count) for count in range(7)}
    for values in VALUES + [(Own(), Own()), (Own(), 1)]:
        found.append(hot(ones[len(values)], values))
    for values in reversed(VALUES):
        assert hot(ones[len(values)], values) == found[VALUES.index(values)]
    print(ascii(text), [ascii(str(f)[:30]) for f in found])


class Text(str):
    def format(self, *args):
        return "own format"


def receivers():
    seen = []
    for i in range(60):
        bound = "{}-{}".format
        seen.append((bound(i, "x"), str.format("{:3}", i), Text("{}").format(i), "{a}{b}".format(a=i, b=2)))
        seen.append(("%d {}" % i).format(i), )
        seen.append("{}-{}".format(*[i, i]))
    return seen[-3:]


print(receivers())
