# test: run
"""What classes say of themselves in hot loops, by `type` and in spite of it: names, module and text, changed, deleted,
shadowed by the metaclass, and missing ones."""


class Meta(type):
    """A metaclass's text."""


class Plain:
    """Plain's text."""


class Silent:
    pass


class Made(metaclass=Meta):
    """Made's text."""


class Below(Made):
    pass


def told(cls):
    return cls.__name__, cls.__qualname__, cls.__module__, cls.__doc__


def loop(classes, change=None, n=500):
    seen = []
    for i in range(n):
        cls = classes[i % len(classes)]
        now = told(cls)
        if not seen or seen[-1] != now:
            seen.append(now)
        if change and i == n - 100:
            change(cls)
    return seen[-4:], len(seen)


for cls in (Plain, Silent, Made, Below, Meta):
    print(loop([cls]))
print(loop([Plain, Made]))


def renamed(cls):
    cls.__name__ = "Other"
    cls.__qualname__ = "far.Other"
    cls.__module__ = "elsewhere"
    cls.__doc__ = "Another text."


for cls in (Plain, Silent, Made, Below):
    print(loop([cls], renamed))


def text_of_another_kind(cls):
    cls.__doc__ = 5
    cls.__module__ = ["m"]


print(loop([Silent], text_of_another_kind))


class Described:
    def __get__(self, object, cls=None):
        return "described", object, cls.__name__


def described(cls):
    cls.__doc__ = Described()


print(loop([Silent], described))
Silent.__doc__ = None
print(loop([Silent]))
Silent.__module__ = "again"
print(loop([Silent]))


# The metaclass puts something before.
def shadowed(cls):
    Meta.__doc__ = property(lambda c: "of the metaclass")
    Meta.__module__ = property(lambda c: "module by the metaclass")


print(loop([Made], shadowed), loop([Below]))
Meta.__doc__ = "plain again"
Meta.__module__ = "there"
print(loop([Made]), Meta.__doc__, Meta.__module__)


class Naming(type):
    __name__ = property(lambda c: "named by the metaclass")


class Named(metaclass=Naming):
    pass


print(loop([Named]))


class Asking(type):
    def __getattribute__(cls, name):
        return ("asked", name) if name == "__name__" else super().__getattribute__(name)


class Asked(metaclass=Asking):
    pass


print(loop([Asked]))


# Missing ones, and later there.
class Late:
    pass


class LateMeta(type):
    pass


class OfLateMeta(metaclass=LateMeta):
    pass


def missing(cls, name, change, n=400):
    found = []
    for i in range(n):
        now = getattr(cls, name, "missing"), hasattr(cls, name)
        if not found or found[-1] != now:
            found.append(now)
        if i == n - 90:
            change(cls)
    return found


print(missing(Late, "later", lambda cls: setattr(cls, "later", 1)))
print(missing(OfLateMeta, "meta", lambda cls: setattr(LateMeta, "meta", 3)))
print(missing(OfLateMeta, "any", lambda cls: setattr(LateMeta, "__getattr__", lambda cls, name: name)))


class Base:
    pass


class Derived(Base):
    pass


print(missing(Derived, "inherited", lambda cls: setattr(Base, "inherited", 4)))
print(missing(Derived, "removed", lambda cls: None))


def type_names(values, n=300):
    names = {}
    for i in range(n):
        name = type(values[i % len(values)]).__name__
        names[name] = names.get(name, 0) + 1
        name = values[i % len(values)].__class__.__qualname__
        names[name] = names.get(name, 0) + 1
    return names


print(type_names([1, "a", 1.5, None, Derived(), Made(), [], type_names, len]))
