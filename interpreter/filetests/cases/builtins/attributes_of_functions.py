# test: run
# getattr and hasattr of functions, which may have a dictionary, and of values without attributes; issubclass
# and a chain in a trace; objects of subclasses of str.
import gc
import itertools


def plain():
    "text"


def marked():
    pass


marked.is_safe = True
marked.level = 3


def ask(function):
    return (
        getattr(function, "is_safe", False),
        getattr(function, "level", None),
        hasattr(function, "level"),
        getattr(function, "__name__", "?"),
        hasattr(function, "__doc__"),
    )


for i in range(40):
    one, two = ask(plain), ask(marked)
print(one, two)
for i in range(40):
    if i == 20:
        plain.level = "new"
    if i == 25:
        del plain.level
    if i == 30:
        plain.__dict__ = {"is_safe": "replaced"}
    if i == 35:
        marked.level += 1
    result = ask(plain), ask(marked)
    if i in (19, 20, 24, 25, 29, 30, 34, 35):
        print(result)


def demands(function):
    try:
        return getattr(function, "level")
    except AttributeError as error:
        return str(error)


def reads(function):
    return function.level


for i in range(30):
    found = demands(plain), demands(marked), reads(marked)
print(found)
try:
    reads(plain)
except AttributeError as error:
    print(error)


def has(value):
    return hasattr(value, "__html__"), getattr(value, "upper", None) is not None, getattr(value, "no", 5)


class Safe(str):
    def __html__(self):
        return self


for i in range(40):
    shown = [has(value) for value in ("a", b"b", [1], (2,), {}, {1}, 3, 2.5, None, Safe("x"))]
print(shown)


class Late(str):
    pass


def late(text):
    return hasattr(Late(text), "__html__")


answers = []
for i in range(40):
    if i == 30:
        Late.__html__ = lambda self: "html"
    answers.append(late("t"))
print(answers.count(False), answers.count(True))


def below(value):
    return issubclass(type(value), str), issubclass(type(value), (int, float)), issubclass(bool, int)


class Meta(type):
    def __subclasscheck__(cls, other):
        return other is int


class Odd(metaclass=Meta):
    pass


def below_odd(value):
    return issubclass(type(value), Odd)


for i in range(40):
    checked = [(below(value), below_odd(value)) for value in ("a", Safe("b"), 1, 2.5, True)]
print(checked)
for i in range(30):
    try:
        issubclass("a" if i > 25 else str, str)
    except TypeError as error:
        message = str(error)
print(message)


def chained(*args, **kwargs):
    return any(isinstance(arg, float) for arg in itertools.chain(args, kwargs.values()))


for i in range(40):
    found = chained(1, "a", b=2), chained(1, c=2.5), chained(), chained(3.5)
print(found)


class Raising:
    def __iter__(self):
        raise KeyError("iter")


def walks(a, b):
    try:
        return list(itertools.chain(a, b))
    except (KeyError, TypeError) as error:
        return repr(error)


for i in range(30):
    ends = walks([1], (2,)), walks("ab", {}), walks([1], Raising()), walks([1], 5)
print(ends)


class Kept(str):
    made = 0

    def __del__(self):
        Kept.made += 1


class Counted(str):
    def __init__(self, text):
        self.size = len(text)


class Turned(str):
    def __new__(cls, text):
        return str.__new__(cls, text[::-1])


def make(text):
    safe = Safe(text)
    return safe + "!", type(safe).__name__, Counted(text).size, Turned(text), safe == text, Safe(safe), Safe(5)


for i in range(40):
    if i == 35:
        Safe.__init__ = lambda self, text: setattr(self, "shown", text)
    made = make("abc" if i < 38 else "é")
print(made, type(made[5]).__name__, made[6].shown)
for i in range(30):
    Kept("a")
gc.collect()
print(Kept.made >= 28)


class Changing(str):
    pass


def change(text):
    return Changing(text)


kinds = []
for i in range(40):
    if i == 30:
        Changing.__new__ = lambda cls, text: "other"
    value = change("v")
    kinds.append(type(value).__name__)
    if i == 10:
        value.own = 5
        print(value.own, vars(value))
print(kinds.count("Changing"), kinds.count("str"))
