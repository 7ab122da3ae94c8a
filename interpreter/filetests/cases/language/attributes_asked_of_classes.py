# test: run
# What a class says of attributes, calls and operators, in loops that are compiled: descriptors, __getattr__,
# __setattr__, setters, metaclasses' __call__, operators of subclasses of builtin types, comparison by identity;
# and that all of it is asked anew where the class changes.
from collections import namedtuple


class Reads:
    def __init__(self, scale):
        self.scale = scale

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return instance.value * self.scale


class ReadsAndWrites(Reads):
    def __set__(self, instance, value):
        if value < 0:
            raise ValueError(value)
        instance.value = value // self.scale


class Host:
    double = Reads(2)
    triple = ReadsAndWrites(3)

    def __init__(self, value):
        self.value = value

    @property
    def half(self):
        return self.value / 2

    @half.setter
    def half(self, value):
        self.value = int(value * 2)


def descriptors(n):
    host = Host(1)
    total = 0
    for i in range(n):
        host.triple = i * 3
        total += host.double + host.triple + host.half
        host.half = i
        total += host.value
        try:
            host.triple = 5 - i
        except ValueError as error:
            total += error.args[0]
    return total, host.value


print(descriptors(5), descriptors(400))
Reads.__get__ = lambda self, instance, owner=None: 1
print(descriptors(400))
host = Host(4)
host.__dict__["double"] = "own"
print(host.double, host.triple)
ReadsAndWrites.__set__ = lambda self, instance, value: None
print(descriptors(400))


class Falls:
    known = 1

    def __init__(self):
        self.set = 2

    def __getattr__(self, name):
        if name == "wrong":
            raise AttributeError(name)
        return len(name)


def falls(n):
    one = Falls()
    total = 0
    for i in range(n):
        total += one.known + one.set + one.missing + one.other
        try:
            one.wrong
        except AttributeError:
            total += 1
        if i == n - 2:
            one.missing = 100
        total += getattr(one, "absent") + getattr(one, "wrong", 7) + hasattr(one, "wrong") + hasattr(one, "right")
    return total


print(falls(5), falls(300))
Falls.missing = 1000
print(falls(300))
del Falls.__getattr__
try:
    falls(3)
except AttributeError as error:
    print(error)


class Tells:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __setattr__(self, name, value):
        self.log.append(name)
        object.__setattr__(self, name, value + 1)


class TellsBySuper(Tells):
    def __setattr__(self, name, value):
        if name == "refused":
            raise TypeError(name)
        super().__setattr__(name, value)


def tells(of, n):
    one = of()
    total = 0
    for i in range(n):
        one.a = i
        one.b = one.a
        total += one.a + one.b
        try:
            one.refused = 1
        except TypeError:
            total += 1
    return total, len(one.log), one.log[-3:]


for of in (Tells, TellsBySuper):
    print(tells(of, 4), tells(of, 300))
del Tells.__setattr__
print(tells(Tells, 300))


class Meta(type):
    calls = 0

    def __call__(cls, *args, **named):
        Meta.calls += 1
        if cls.cached is None:
            cls.cached = super().__call__(*args, **named)
        return cls.cached


class Single(metaclass=Meta):
    cached = None

    def __init__(self, value=1, *, more=2):
        self.value = value + more


def singles(n):
    total = 0
    for i in range(n):
        total += Single(i).value + Single(more=i).value
    return total, Meta.calls, Single() is Single(3)


print(singles(3), singles(300))
Meta.__call__ = type.__call__
print(singles(300)[0], Single() is Single())


class Number(int):
    def __add__(self, other):
        return Number(int(self) + int(other) * 2)

    def __radd__(self, other):
        return Number(int(self) + 1000)

    def __lt__(self, other):
        return int(self) > int(other)

    def __and__(self, other):
        return NotImplemented


class Text(str):
    def __mod__(self, other):
        return f"<{str(self)}|{other}>"

    def __eq__(self, other):
        return str(self) == str(other)[:1]

    __hash__ = str.__hash__


def operators(n):
    total = Number(0)
    seen = 0
    for i in range(n):
        total = total + i
        total = total + Number(1)
        seen += (total < i) + (total < Number(5))
        other = 1 + total
        seen += other - 1000 == total
        seen += total & 1
        seen += len(Text("a") % i) + (Text("a") == "abc") + (Text("a") != "abc")
    return int(total), type(total).__name__, seen, str(total)


print(operators(5), operators(300))
Number.__add__ = int.__add__
print(operators(300))


class Plain:
    pass


class Equal:
    def __eq__(self, other):
        return True


def identities(n):
    one, other, equal = Plain(), Plain(), Equal()
    found = [0] * 8
    for i in range(n):
        this = one if i % 3 else other
        found[0] += this == one
        found[1] += this != one
        found[2] += this == equal
        found[3] += equal == this
        found[4] += this == None
        found[5] += None != this
        found[6] += this == 5
        if this == other:
            found[7] += 1
    return found


print(identities(6), identities(300))
Plain.__eq__ = lambda self, other: isinstance(other, Plain)
print(identities(300))


Pair = namedtuple("Pair", "left right", defaults=(7,))


class Named(Pair):
    note = "class"

    def total(self):
        return self.left + self.right


class Own(tuple):
    def __new__(cls, *items):
        return tuple.__new__(cls, items)


def tuples(n):
    total = 0
    kept = []
    for i in range(n):
        pair = Pair(i)
        named = Named(i, i + 1)
        named.note = i
        left, right = pair
        total += pair.left + pair.right + named.total() + named.note + left + right
        total += len(pair) + pair[1] + (pair == (i, 7)) + Own(i, i)[1] + len(Own())
        if i % 50 == 0:
            kept.append((pair, named, Own(i)))
    return total, kept[-1], named.__dict__, pair._replace(left=0)


print(tuples(3), tuples(300))


class Shrinks:
    def __init__(self, i):
        self.a = 1
        self.b = 2
        self.c = i

    def __delattr__(self, name):
        object.__delattr__(self, name)


class ShrinksPlainly:
    def __init__(self, i):
        self.a = 1
        self.b = 2
        self.c = i


def deletes(of, n):
    total = 0
    for i in range(n):
        one = of(i)
        del one.b
        total += one.a + one.c
        try:
            total += one.b
        except AttributeError:
            total += 1
        try:
            del one.b
        except AttributeError:
            total += 1
        one.d = i
        del one.c
        one.b = 3
        total += one.b + one.d
    return total, list(vars(one))


for of in (Shrinks, ShrinksPlainly):
    print(deletes(of, 3), deletes(of, 300))


def makes(n):
    total = 0
    functions = []
    for i in range(n):
        def add(x, y=1):
            return x + i + y

        def plain(x):
            "documented"
            return x + i

        if i % 100 == 0:
            functions.append(plain)
        total += add(1) + plain(2) + (lambda: i)()
    return total, functions[-1](1), functions[0].__name__, functions[0].__qualname__, functions[0].__doc__, functions[0].__module__ == __name__


print(makes(3), makes(300))


def short_loops(a, b):
    total = 0
    for name, value in (("a", a), ("b", b), ("c", 3)):
        if not isinstance(value, (int, float)):
            raise TypeError(f"{name}: {value!r}")
        total += value
    for step in range(3):
        if step == b:
            continue
        total += step
    for step in range(6, 0, -2):
        if step == a:
            break
        total += step
    else:
        total += 1000
    return total


def runs_short_loops(n):
    total = 0
    for i in range(n):
        total += short_loops(i % 7, i % 4)
        total += short_loops(0.5, i)
        try:
            total += short_loops(i, "x" if i % 5 == 0 else 2)
        except TypeError as error:
            total += len(str(error))
        for pair in ((i, 1), (2, i)):
            for one in pair:
                total += one
    return total


print(runs_short_loops(10), runs_short_loops(500))


import math
import operator


def roundings(n):
    total = 0
    for i in range(n):
        x = (i - n // 2) * 0.37
        total += math.floor(x) * 3 + math.ceil(x) * 5 + math.trunc(x) * 7 + round(x) * 11 + operator.index(i)
        total += math.floor(i) + math.ceil(-i) + round(i) + round(i + 0.5) + math.trunc(True)
    for wrong in (float("nan"), float("inf"), 1e300):
        for function in (math.floor, math.ceil, math.trunc, round):
            try:
                total += function(wrong) % 1000
            except (ValueError, OverflowError) as error:
                total += len(str(error))
    return total


print(roundings(9), roundings(400))


# ---- what a getter gives is called: where the getter is left in its midst, there is no receiver yet

class Stream:
    def __init__(self):
        self.lines = []

    def write(self, text):
        self.lines.append(text)


class Decorated:
    def __init__(self, stream):
        self.stream = stream
        self.asked = 0

    def __getattr__(self, name):
        if name in ("stream", "__getstate__"):
            raise AttributeError(name)
        return getattr(self.stream, name)

    @property
    def put(self):
        self.asked += 1
        if self.asked % 7 == 3:
            return self.stream.write
        return self.stream.lines.append

    def writeln(self, text=None):
        if text:
            self.write(text)
        self.write("\n")


def writes(n):
    import io
    streams = [Decorated(Stream()), Decorated(io.StringIO())]
    for i in range(n):
        for one in streams:
            one.writeln(f"{i}")
            one.writeln()
        streams[0].put(i)
    return len(streams[0].lines), streams[0].lines[-3:], streams[1].getvalue()[-6:], streams[0].asked


print(writes(4), writes(200))
