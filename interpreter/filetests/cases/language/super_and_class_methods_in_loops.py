# test: run
# `super(class, object)` and class methods in code that is compiled: the object of `super` need not be made,
# and a class method's class is known; what changes in between is seen.


class Base(object):
    made = 0

    def __init__(self, value):
        super(Base, self).__init__()
        self.value = value
        Base.made += 1

    def describe(self):
        return "base %d" % self.value

    @property
    def doubled(self):
        return self.value * 2

    @classmethod
    def named(cls, value):
        return cls.__name__, value

    @classmethod
    def build(cls, value):
        return cls(value)

    @staticmethod
    def plain(value):
        return value + 1


class Middle(Base):
    def __init__(self, value):
        super(Middle, self).__init__(value + 1)

    def describe(self):
        return "middle, " + super(Middle, self).describe()

    @property
    def doubled(self):
        return super(Middle, self).doubled + 1

    @classmethod
    def named(cls, value):
        return super(Middle, cls).named(value * 10)


class Leaf(Middle):
    def __init__(self, value):
        parent = super(Leaf, self)
        parent.__init__(value + 1)
        self.parent = parent

    def describe(self):
        describe = super(Leaf, self).describe
        return "leaf, " + describe()


def run(count):
    total = 0
    for at in range(count):
        leaf = Leaf(at)
        total += len(leaf.describe()) + leaf.doubled + Leaf.named(at)[1] + leaf.named(at)[1]
        total += Base.build(at).value + Leaf.build(at).value + leaf.build(at).value + Leaf.plain(at)
    return total, leaf.describe(), leaf.parent.describe(), Leaf.named(1), leaf.named(2)


print(run(300), Base.made)


def same(count):
    """Bound methods of a class are made anew, and equal."""
    found = set()
    for _ in range(count):
        method = Leaf.named
        other = Leaf(0).named
        found.add((method == other, method is other, method.__self__.__name__, method.__func__ is Base.named.__func__))
    return sorted(found)


print(same(200))


def changing(count):
    """The method behind changes while the loop runs."""
    seen = []
    for at in range(count):
        if at == count // 2:
            Base.describe = lambda self: "changed"
            Base.named = classmethod(lambda cls, value: ("changed", cls.__name__))
        leaf = Leaf(at)
        text = leaf.describe(), Base.named(at), leaf.named(at)[0]
        if not seen or seen[-1][0][:12] != text[0][:12]:
            seen.append(text)
    return seen[-1], len(seen)


print(changing(300))


class Other(object):
    def describe(self):
        return "other"


def wrong(objects):
    """An object that is none of the class, and classes one after the other."""
    found = []
    for at in range(200):
        thing = objects[at % len(objects)]
        try:
            found.append(super(Base, thing).__repr__()[:5])
        except TypeError as error:
            found.append(str(error)[:40])
        try:
            found.append(super(Middle, thing).missing)
        except (AttributeError, TypeError) as error:
            found.append(type(error).__name__)
    return sorted(set(found))


print(wrong([Leaf(1), Middle(2)]))
print(wrong([Leaf(1), Other(), Middle(2)]))


def unbound(count):
    kinds = set()
    for _ in range(count):
        found = super(Middle, Leaf(1))
        kinds.add((found.__thisclass__.__name__, found.__self_class__.__name__, type(found).__name__))
        kinds.add((found.__class__.__name__, found.value if hasattr(found, "value") else None))
    return sorted(kinds, key=str)


print(unbound(200))


class Numbers(type):
    def __iter__(cls):
        return iter((1, 2, 3))

    @classmethod
    def of_meta(meta, x):
        return meta.__name__, x


class Counted(metaclass=Numbers):
    @classmethod
    def count(cls):
        return sum(cls)

    def total(self):
        return self.count() + Counted.count()


def counted(count):
    counts = 0
    for at in range(count):
        counts += Counted().total() + len(Counted.of_meta(at)[0])
    return counts


print(counted(200))


# Objects that only claim to be of a class, and those that became of another after `super` saw them.
class Claiming:
    def __init__(self, target):
        self.target = target

    def __getattribute__(self, name):
        if name == "target":
            return object.__getattribute__(self, name)
        return getattr(self.target, name)


class Claimed:
    def told(self):
        return "claimed"


class Under(Claimed):
    def told(self):
        return super(Under, self).told() + "+"


class Beside(Under):
    def told(self):
        return "beside " + super().told()


def of_claims(rounds):
    said = []
    for number in range(rounds):
        true = Under()
        one = true if number % 3 else Claiming(true)
        said.append(Under.told(one))
        seen = super(Under, one)
        if number % 5 == 4:
            true.__class__ = Beside
        said.append(seen.told())
    return said


said = of_claims(60)
print({text: said.count(text) for text in sorted(set(said))})
