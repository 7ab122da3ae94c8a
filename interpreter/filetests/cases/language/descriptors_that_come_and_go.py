# test: run
# What a class says of an attribute changes while loops read, write and test it.


class Plain:
    def __init__(self, x):
        self.x = x


class Below(Plain):
    pass


def add_up(object, rounds, change):
    total = 0
    for i in range(rounds):
        total += object.x
        if i == rounds // 2:
            change()
    return total


def set_property(cls):
    cls.x = property(lambda self: 100)


print(add_up(Plain(1), 600, lambda: set_property(Plain)))
del Plain.x
print(add_up(Below(1), 600, lambda: set_property(Plain)))
del Plain.x
print(add_up(Below(1), 600, lambda: setattr(Plain, "x", 7)))
del Plain.x


class Slots:
    __slots__ = ("x", "y")


class Mixin:
    __slots__ = ()


class Both(Mixin, Slots):
    __slots__ = ()


def one(cls=Slots):
    made = cls()
    made.x = 1
    return made


print(add_up(one(Both), 600, lambda: set_property(Mixin)))
del Mixin.x


def reads(object, rounds, change):
    missing = total = 0
    for i in range(rounds):
        try:
            total += object.x
        except AttributeError as error:
            missing += 1
            last = str(error)
        if i == rounds // 2:
            change()
    return total, missing, last


def unset(object):
    del object.x


o = one()
print(reads(o, 600, lambda: unset(o)))


def remove():
    global member
    member = Slots.x
    del Slots.x


print(reads(one(), 600, remove))
Slots.x = member
print(add_up(one(), 600, lambda: setattr(Slots, "x", 7)))
Slots.x = member


def writes(object, rounds):
    refused = 0
    for i in range(rounds):
        try:
            object.x = i
        except AttributeError:
            refused += 1
        if i == rounds // 2:
            remove()
    return refused


print(writes(one(), 600))
Slots.x = member


# A slot of another class.
class Other:
    __slots__ = ("z",)
    y = Slots.x


def foreign(object, rounds):
    refused = 0
    for i in range(rounds):
        try:
            object.y
        except TypeError as error:
            refused += 1
            last = str(error)
        try:
            object.y = i
        except TypeError:
            refused += 1
    return refused, last


other = Other()
other.z = 5
print(foreign(other, 300), other.z)


# Slots of what carries a dictionary, and of exceptions, which may have no room for them yet.
class Scope(dict):
    __slots__ = ("root", "other")


class Failure(Exception):
    __slots__ = ("root", "other")


class Heir(Scope):
    __slots__ = ("more",)


class Wide(list):
    __slots__ = tuple("abcdefghij") + ("root",)


def tests(objects, rounds):
    found = [0] * 5
    for i in range(rounds):
        object = objects[i % len(objects)]
        found[0] += getattr(object, "root", None) is None
        found[1] += hasattr(object, "root")
        try:
            found[2] += object.root
        except AttributeError:
            found[3] += 1
        if i % 7 == 5:
            object.root = i
        if i % 7 == 6 and hasattr(object, "root"):
            del object.root
            found[4] += 1
    return found


for cls in Scope, Failure, Heir, Wide, Slots:
    try:
        print(cls.__name__, tests([cls() for _ in range(3)], 800))
    except AttributeError as error:
        print(cls.__name__, error)
print(tests([Scope(a=1), Heir(b=2)], 800))


class Asks:
    __slots__ = ("root",)

    def __getattr__(self, name):
        return 3


def defaults(object, rounds):
    return sum(getattr(object, "root", 1000) for _ in range(rounds))


print(defaults(Asks(), 300))


class Alias(Slots):
    __slots__ = ()
    alias = Slots.y


def aliased(object, rounds):
    last = None
    for _ in range(rounds):
        assert getattr(object, "alias", None) is None
        try:
            object.alias
        except AttributeError as error:
            last = error
    return str(last)


print(aliased(Alias(), 300))


# Methods of builtin types by super().
class Counts(dict):
    def get(self, key, default=None):
        return super().get(key, default)

    def pop(self, key, *rest):
        return super(Counts, self).pop(key, *rest)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.made = True


class Names(list):
    def append(self, item):
        super().append(item.upper())

    def index(self, item):
        find = super().index
        return find(item)


class Bare:
    def __init__(self):
        super().__init__()

    def __repr__(self):
        return super().__repr__()[:15]

    def __eq__(self, other):
        return super().__eq__(other)

    __hash__ = object.__hash__


def calls(rounds):
    total = 0
    names = Names()
    for i in range(rounds):
        counts = Counts({i: i}, a=1)
        total += counts.get(i) + counts.get("b", 2) + counts.pop("a") + counts.pop("c", 4) + counts.made
        names.append("n%d" % i)
        total += names.index("N%d" % (i // 2))
        bare = Bare()
        assert bare == bare and (bare == 1) is False
        try:
            counts.pop("a")
        except KeyError as error:
            total += len(error.args)
    return total, repr(bare), names[-1]


print(calls(400))
