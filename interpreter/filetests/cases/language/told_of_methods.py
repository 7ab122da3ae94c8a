# test: run
"""What bound methods say of themselves and of their functions in hot loops."""


class Base:
    def method(self, a=1):
        "A text."
        return a

    def other(self):
        return 2

    @classmethod
    def made(cls):
        return cls

    tagged = method


Base.method.tag = "first"


class Derived(Base):
    def method(self):
        return super().method.__name__, super().method.__self__ is self


def told(method):
    return (
        method.__name__, method.__qualname__, method.__module__, method.__doc__,
        method.__defaults__, method.__code__.co_name, method.__func__.__name__, type(method.__self__).__name__,
    )


def loop(objects, name, n=400):
    seen = []
    for i in range(n):
        now = told(getattr(objects[i % len(objects)], name))
        if not seen or seen[-1] != now:
            seen.append(now)
    return seen[-3:], len(seen)


print(loop([Base()], "method"))
print(loop([Derived(), Base()], "method"))
print(loop([Base, Derived], "made"))


def tags(n, change):
    b = Base()
    found = []
    for i in range(n):
        now = b.method.tag, getattr(b.method, "missing", None), hasattr(b.other, "tag")
        if not found or found[-1] != now:
            found.append(now)
        if i == n - 50:
            change()
    return found


def retag():
    Base.method.tag = "second"
    Base.method.missing = "there"
    Base.other.tag = 1


print(tags(300, retag))
print(tags(300, lambda: Base.method.__dict__.clear() if False else None))


def rename():
    Base.other.__name__ = "renamed"
    Base.other.__defaults__ = ()
    Base.other.__doc__ = "new"


def renamed(n):
    b = Base()
    found = []
    for i in range(n):
        now = b.other.__name__, b.other.__defaults__, b.other.__doc__
        if not found or found[-1] != now:
            found.append(now)
        if i == n - 60:
            rename()
    return found


print(renamed(350))


def errors(n):
    b = Base()
    count = 0
    for i in range(n):
        try:
            b.other.nothing
        except AttributeError as error:
            count += 1
            text = str(error)
        try:
            b.method.tag = i
        except AttributeError as error:
            count += 1
    return count, text


print(errors(300))
print([Derived().method() for _ in range(200)][-1])
print({len.__name__ + str.upper.__name__ + "x".join.__name__ for _ in range(300)})


def builtins(n):
    found = set()
    for i in range(n):
        f = (len, "a".upper, [].append, dict.fromkeys, print)[i % 5]
        found.add((f.__name__, f.__qualname__))
    return sorted(found)


print(builtins(500))
