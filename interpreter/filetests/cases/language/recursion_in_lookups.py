# test: run
# What asks for the same again and again, or goes round in a circle, ends in an exception.


def ends(function, *args):
    try:
        print(function(*args))
    except RecursionError:
        print("RecursionError")
    except TypeError as error:
        print(error)


class Shown:
    pass


Shown.__repr__ = Shown.__str__
ends(str, Shown())
ends(repr, Shown())

nested = (int,)
for _ in range(100_000):
    nested = (nested,)
ends(isinstance, "a", nested)
ends(issubclass, str, nested)


class Claims:
    def __getattr__(self, name):
        return (self, None)


ends(issubclass, Claims(), int)


class Circle:
    @property
    def __bases__(self):
        return (self, self, self)


ends(issubclass, Circle(), int)


# A context that is its own.
def closed():
    try:
        raise ValueError(1)
    except ValueError as error:
        error.__context__ = error
        raise TypeError(2)


try:
    closed()
except TypeError as error:
    inner = error.__context__
    print(repr(error), repr(inner), inner.__context__ is inner)

# Bases that change while the order of resolution is computed.
ready = False


class Meta(type):
    def mro(cls):
        if ready and cls.__name__ == "First":
            Second.__bases__ = (First,)
        if ready and cls.__name__ == "Second":
            First.__bases__ = (Second,)
        return type.mro(cls)


class Base(metaclass=Meta):
    pass


class First(Base):
    pass


class Second(Base):
    pass


ready = True
try:
    First.__bases__ += ()
except TypeError as error:
    print(error)
