# test: run
# Attributes of objects whose `__dict__` was asked for, and attributes that are computed, in loops.


class Plain:
    kind = "class"

    def __init__(self, x):
        self.x = x

    def method(self):
        return self.x

    @property
    def double(self):
        return self.x * 2

    @double.setter
    def double(self, value):
        self.x = value // 2


class Asking(Plain):
    def __getattr__(self, name):
        return "asked " + name


class Telling:
    def __setattr__(self, name, value):
        self.__dict__[name] = value + 1


class Data:
    def __get__(self, instance, owner):
        return "data"

    def __set__(self, instance, value):
        instance.__dict__["hidden"] = value


class Descriptors:
    data = Data()

    def __init__(self):
        self.data = 5
        self.own = 1


class Beside:
    __slots__ = ("slot", "__dict__")


def read():
    p = Plain(3)
    p.__dict__
    total = 0
    for i in range(100):
        total += p.x + p.method() + p.double + len(p.kind)
        p.x = i
        p.double = i
        p.new = i
        total += p.new
    return total, p.__dict__


def written():
    p = Plain(1)
    d = p.__dict__
    seen = []
    for i in range(100):
        d["x"] = i
        if i == 40:
            d["kind"] = "own"
        if i == 60:
            d["method"] = lambda: "own method"
        if i == 80:
            del d["kind"]
        if i % 20 == 19:
            seen.append((p.x, p.kind, p.method()))
    return seen


def missing():
    p, a = Plain(1), Asking(1)
    p.__dict__, a.__dict__
    seen = []
    for i in range(60):
        if i == 30:
            del p.__dict__["x"]
            del a.x
        try:
            seen.append((p.x, a.x))
        except AttributeError as error:
            seen.append((str(error), a.x))
    return seen[29], seen[30], seen[-1], getattr(p, "y", None), hasattr(p, "x")


def told():
    t = Telling()
    for i in range(60):
        t.x = i
    return t.x, t.__dict__


def descriptors():
    d = Descriptors()
    for i in range(60):
        d.data = i
        d.own += 1
        if i == 40:
            d.__dict__["data"] = "own"
    return d.data, d.own, d.__dict__


def replaced():
    p = Plain(1)
    total = 0
    for i in range(60):
        p.__dict__ = {"x": i}
        total += p.x + p.__dict__["x"]
        if i == 50:
            Plain.x = property(lambda self: 1000)
    del Plain.x
    return total


def beside():
    b = Beside()
    b.slot, b.own = 1, 2
    b.__dict__
    for i in range(60):
        b.slot += b.own
        b.own += 1
    return b.slot, b.own, b.__dict__


def many():
    objects = [Plain(i) for i in range(60)]
    for o in objects[::2]:
        o.__dict__
    for o in objects[::3]:
        o.__dict__["extra"] = 1
    total = 0
    for _ in range(3):
        for o in objects:
            total += o.x + o.method() + hasattr(o, "extra")
            o.extra = 2
    return total


def function():
    """Text."""


def computed():
    seen = []
    for i in range(90):
        if i == 30:
            function.__name__ = "renamed"
            function.__doc__ = None
            Plain.__name__ = "Renamed"
        if i == 60:
            function.__code__ = computed.__code__
        of_function = function.__name__, getattr(function, "__doc__", 1), function.__code__.co_name
        of_class = type(Plain(1)).__name__, Plain.__bases__, type(i).__name__
        bound = Plain(1).method
        of_method = bound.__func__ is Plain.method, bound.__self__.x
        if i % 30 == 29:
            seen.append((of_function, of_class, of_method))
    return seen


def raised():
    seen = []
    for i in range(60):
        try:
            raise ValueError(i, "x")
        except ValueError as error:
            seen.append(error.args)
            try:
                raise KeyError from error
            except KeyError as other:
                seen.append((other.args, other.__cause__ is error, other.__context__ is error))
    return seen[-2:]


class Meta(type):
    @property
    def label(cls):
        return "label of " + cls.__name__

    def of_meta(cls):
        return cls.__name__


class Of(metaclass=Meta):
    def of_meta(self):
        return "of class"

    value = 1


def metaclasses():
    seen = []
    for i in range(90):
        if i == 30:
            Of.value = 2
        if i == 60:
            Meta.value = property(lambda cls: 3)
        if i % 30 == 29:
            seen.append((Of.value, Of.label, Of.of_meta(None), Of.__name__))
        Of.value, Of.of_meta
    return seen


class Base:
    @staticmethod
    def make():
        return "base"


class Sub(Base):
    @classmethod
    def call(cls):
        return super().make()


class SubSub(Sub):
    pass


def supers():
    seen = []
    for i in range(90):
        if i == 45:
            Base.make = staticmethod(lambda: "changed")
        if i == 70:
            Base.make = classmethod(lambda cls: cls.__name__)
        seen.append((Sub.call(), SubSub.call()))
    return seen[44], seen[45], seen[-1]


def codecs():
    seen = []
    for i in range(60):
        for name in "ascii", "utf-8", "latin-1", "utf-16-le", "no-such":
            text = "abc" if i < 40 else "\xe4"
            try:
                seen.append((text.encode(name), text.encode().decode(name)))
            except (UnicodeError, LookupError) as error:
                seen.append(str(error))
    return seen[0:5], seen[-5:]


print(read())
print(written())
print(missing())
print(told())
print(descriptors())
print(replaced())
print(beside())
print(many())
print(computed())
print(raised())
print(metaclasses())
print(supers())
print(codecs())
