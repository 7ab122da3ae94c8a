# test: run
# Classes with both `__new__` and `__init__` in Python, in loops.
import abc
import sys


class Plain:
    made = 0

    def __new__(cls, *args, **kwargs):
        Plain.made += 1
        return super().__new__(cls)

    def __init__(self, a, b=2, *rest, key=None):
        self.a, self.b, self.rest, self.key = a, b, rest, key


class Meta(type):
    pass


class WithMeta(metaclass=Meta):
    def __new__(cls, x):
        self = object.__new__(cls)
        self.first = x
        return self

    def __init__(self, x):
        self.second = x + 1


class Abstract(abc.ABC):
    def __new__(cls, x):
        return object.__new__(cls)

    def __init__(self, x):
        self.x = x

    @abc.abstractmethod
    def method(self): ...


class Concrete(Abstract):
    def method(self):
        return self.x


class Other:
    """Makes what is no object of it, now and then."""

    def __new__(cls, x):
        if x % 7 == 0:
            return x
        if x % 5 == 0:
            return object.__new__(Derived)
        return object.__new__(cls)

    def __init__(self, x):
        self.x = x


class Derived(Other):
    def __init__(self, x):
        self.x = -x


class Text(str):
    def __new__(cls, text, extra):
        return super().__new__(cls, text + "!")

    def __init__(self, text, extra):
        self.extra = extra


class Numbered(tuple):
    def __new__(cls, *items):
        return tuple.__new__(cls, items)

    def __init__(self, *items):
        self.count = len(items)


class Wrong:
    def __new__(cls, x):
        return object.__new__(cls)

    def __init__(self, x):
        return x if x > 40 else None


class Raising:
    def __new__(cls, x):
        return object.__new__(cls)

    def __init__(self, x):
        if x > 40:
            raise ValueError(x)


class Changing:
    def __new__(cls, x):
        if x == 60:
            cls.__init__ = lambda self, x: setattr(self, "x", ("changed", x))
        return object.__new__(cls)

    def __init__(self, x):
        self.x = x


class Callers:
    def __new__(cls):
        self = object.__new__(cls)
        self.by = sys._getframe(1).f_code.co_name
        return self

    def __init__(self):
        self.also = sys._getframe(1).f_code.co_name


class Late:
    pass


def plain():
    total = 0
    for i in range(100):
        p = Plain(i)
        q = Plain(i, 3, 4, 5, key="k")
        r = Plain(b=i, a=1)
        total += p.a + p.b + q.b + len(q.rest) + len(q.key) + r.a + r.b
    return total, Plain.made


def metas():
    total = 0
    for i in range(100):
        w = WithMeta(i)
        total += w.first + w.second + Concrete(i).method()
    try:
        Abstract(1)
    except TypeError:
        total += 1
    return total


def others():
    found = []
    for i in range(60):
        o = Other(i)
        found.append(o if type(o) is int else (type(o).__name__, o.x))
    return found[-12:]


def subclasses():
    total = 0
    for i in range(60):
        t = Text("abc", i)
        n = Numbered(i, i, i)
        total += len(t) + t.extra + n.count + n[1]
    return total


def errors(cls):
    for i in range(60):
        try:
            cls(i)
        except (TypeError, ValueError) as error:
            names = []
            at = error.__traceback__
            while at:
                names.append(at.tb_frame.f_code.co_name)
                at = at.tb_next
            return i, type(error).__name__, str(error), names


def wrong_arguments():
    seen = set()
    for i in range(60):
        try:
            Plain() if i % 2 else Raising(1, 2)
        except TypeError as error:
            seen.add(str(error))
    return sorted(seen)


def changing():
    return [Changing(i).x for i in range(64)][-6:]


def callers():
    made = [Callers() for i in range(60)]
    return {(c.by, c.also) for c in made}


def late():
    out = 0
    for i in range(90):
        if i == 30:
            Late.__new__ = staticmethod(lambda cls: object.__new__(cls))
        if i == 60:
            Late.__init__ = lambda self: setattr(self, "x", 1)
        out += hasattr(Late(), "x")
    return out


print(plain())
print(metas())
print(others())
print(subclasses())
print(errors(Wrong))
print(errors(Raising))
print(wrong_arguments())
print(changing())
print(callers())
print(late())


class Above:
    def __new__(cls, x):
        return object.__new__(cls if x % 3 else Below)


class Below(Above):
    def __init__(self, x):
        self.x = x


class Alone:
    def __new__(cls, *args, **kwargs):
        self = object.__new__(Above.below if Above.below else cls)
        self.args = args, kwargs
        return self


def below():
    seen = []
    Above.below = None
    for i in range(90):
        made = Above(i)
        seen.append((type(made).__name__, getattr(made, "x", None)))
        if i == 60:

            class Late(Alone):
                def __init__(self, *args, key):
                    self.late = key

            Above.below = Late
        made = Alone(i, key=2)
        seen.append((type(made).__name__, made.args, getattr(made, "late", None)))
    return seen[110:130]


print(*below(), sep="\n")
