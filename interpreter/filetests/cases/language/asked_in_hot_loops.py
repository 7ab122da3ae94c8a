# test: run
# `isinstance`, `getattr` and `hasattr` where Python functions answer, in loops.
import abc
import collections.abc
import sys
import traceback


class Meta(type):
    def __instancecheck__(cls, instance):
        return getattr(instance, "claims", 0)


class Claimed(metaclass=Meta):
    pass


class Claiming:
    claims = "yes"


class Quiet(type):
    pass


class Base(metaclass=Quiet):
    pass


class Derived(Base):
    pass


class Raising(type):
    def __instancecheck__(cls, instance):
        raise ZeroDivisionError(cls.__name__)


class Refusing(metaclass=Raising):
    pass


class Shape(abc.ABC):
    pass


class Square:
    pass


class Liar:
    @property
    def __class__(self):
        return Derived


def instances():
    objects = [Claimed(), Claiming(), Derived(), {}, [], 1, "a", Square(), Liar()]
    classes = [Claimed, Base, Derived, Shape, collections.abc.Mapping, collections.abc.Sequence]
    seen = []
    for i in range(60):
        row = []
        for o in objects:
            for c in classes:
                row.append(isinstance(o, c))
            row.append(isinstance(o, (Base, Derived, int)))
        if i == 30:
            Shape.register(Square)
        if i == 40:
            Quiet.__instancecheck__ = lambda cls, instance: "all"
        if i == 50:
            del Quiet.__instancecheck__
        seen.append("".join("01"[r] for r in row))
    assert all(type(r) is bool for r in row)
    return seen[0], seen[30] == seen[0], seen[35], seen[45], seen[59] == seen[35]


def refused():
    seen = []
    for i in range(60):
        seen.append(isinstance(Refusing(), Refusing))
        try:
            isinstance(i, Refusing)
        except ZeroDivisionError as error:
            names = [f.name for f in traceback.extract_tb(error.__traceback__)]
    return set(seen), names


class Computing:
    def __init__(self, x):
        self.x = x

    @property
    def half(self):
        if self.x % 2:
            raise AttributeError("odd")
        return self.x // 2

    @property
    def wrong(self):
        raise ValueError(self.x)

    @property
    def caller(self):
        return sys._getframe(1).f_code.co_name


class Asked:
    known = 5

    def __getattr__(self, name):
        if name.startswith("a"):
            return name * 2
        raise AttributeError(name)


class Descriptor:
    def __get__(self, instance, owner):
        return instance, owner.__name__


class Described:
    d = Descriptor()


def attributes():
    seen = []
    for i in range(60):
        c, a, d = Computing(i), Asked(), Described()
        row = [getattr(c, "half", None), hasattr(c, "half"), getattr(c, "x", 0), getattr(c, "y", 1)]
        row += [getattr(a, "abc", 0), getattr(a, "b", 0), hasattr(a, "a"), hasattr(a, "b")]
        row += [getattr(a, "known"), getattr(d, "d", 0)[1], hasattr(d, "d"), getattr(c, "caller", 0)]
        try:
            row.append(getattr(c, "half"))
        except AttributeError as error:
            row.append(str(error))
        for test in getattr, hasattr:
            try:
                test(c, "wrong")
            except ValueError as error:
                row.append([f.name for f in traceback.extract_tb(error.__traceback__)])
        row.append(sys.exception())
        seen.append(row)
        if i == 57:
            Computing.half = 7
    del Computing.half
    return seen[-4], seen[-3], seen[-1], hasattr(c, "half")


def nested():
    seen = []
    for i in range(60):
        try:
            raise KeyError(i)
        except KeyError as error:
            got = getattr(Computing(1), "half", "default")
            seen.append((got, sys.exception() is error))
    return set(seen)


print(*instances(), sep="\n")
print(refused())
print(nested())
print(*attributes(), sep="\n")


class OfAttribute(AttributeError):
    pass


def kept():
    seen = []
    for i in range(60):
        for make in AttributeError, NameError, ImportError, OfAttribute, UnboundLocalError:
            try:
                raise make("text", i) if i % 2 else make
            except make as error:
                row = [error.args, str(error), getattr(error, "name", 0), getattr(error, "obj", 0)]
                row += [getattr(error, "msg", 0), getattr(error, "path", 0), vars(error)]
            try:
                raise make("text", name=i)
            except make as error:
                row += [error.args, error.name]
            error = make("one")
            error.name = i
            row += [error.name, getattr(error, "msg", 0)]
            seen.append(row)
    return seen[-10:]


print(*kept(), sep="\n")
