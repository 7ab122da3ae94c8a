# test: run
"""Where attributes lie: objects with nothing but `__slots__`, with slots and a dictionary below them,
with more attributes than were expected, with attributes in a dictionary; in loops that are compiled,
across changes of `__class__`, and while all of them are collected."""
import copy
import gc
import weakref


class Pair:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Triple(Pair):
    __slots__ = ("third",)

    def __init__(self, left, right, third):
        Pair.__init__(self, left, right)
        self.third = third


class Open(Pair):
    """A dictionary below the slots of a base."""

    def __init__(self, left, right, note):
        Pair.__init__(self, left, right)
        self.note = note


class Empty:
    __slots__ = ()


class Twin:
    __slots__ = ("left", "right")


class Observed:
    __slots__ = ("value", "__weakref__")


class Plain:
    def __init__(self, value):
        self.value = value


def total(objects):
    result = 0
    for one in objects:
        result += one.left * 2 + one.right
        one.left, one.right = one.right, one.left
    return result


def made(count):
    return [Pair(at, [at]) for at in range(count)]


# Objects of several layouts at one place.
mixed = []
for at in range(300):
    mixed.append([Pair(at, 1), Triple(at, 2, "t"), Open(at, 3, "o")][at % 3])
print(total(mixed), total(mixed), total(mixed))
print({type(one).__name__: one.left + one.right for one in mixed[-3:]})
print([one.note for one in mixed if isinstance(one, Open)][:3])

# What the words hold survives, and nothing else does.
for _ in range(20):
    pairs = made(500)
    gc.collect()
    assert [pair.right for pair in pairs] == [[at] for at in range(500)]
print(len(pairs), pairs[-1].left, pairs[-1].right)

# Beyond the slots inside: an array, then a dictionary.
wide = Open(1, 2, "wide")
for at in range(200):
    setattr(wide, f"a{at}", at)
print(wide.left, wide.right, wide.note, wide.a0, wide.a127, wide.a199, len(vars(wide)))


def far(one, count):
    result = 0
    for _ in range(count):
        result += one.extra + one.more
    return result


strange = Open(1, 2, "strange")
strange.extra, strange.more = 10, 5
print(far(strange, 400))
strange.extra = 11
print(far(strange, 400), strange.left, vars(strange))
del strange.extra
try:
    far(strange, 1)
except AttributeError as error:
    print(error)
strange.__dict__ = {"extra": 1, "more": 2}
print(far(strange, 400), strange.left, strange.right)

# Nothing inside at all.
nothing = [Empty() for _ in range(1000)]
gc.collect()
print(len(set(map(id, nothing))), nothing[0] == nothing[0], nothing[0] == nothing[1])
for name in ("x", "__dict__"):
    try:
        setattr(Empty(), name, 1)
    except AttributeError:
        print("no", name)

# Members that are not set, are deleted, are set again.
bare = Pair.__new__(Pair)
for name in Pair.__slots__:
    print(hasattr(bare, name), end=" ")
bare.right = 7
print(hasattr(bare, "left"), bare.right)
del bare.right
print(hasattr(bare, "right"))


def swapped(one, count):
    """The class changes back and forth, the layout stays."""
    names = []
    for at in range(count):
        one.__class__ = Twin if at % 2 else Pair
        names.append(type(one).__name__ + str(one.left))
    return names


print(swapped(Pair(5, 6), 60)[-3:])
for one, other in ((Pair(1, 2), Open), (Open(1, 2, 3), Pair), (Pair(1, 2), Triple), (Empty(), Pair)):
    try:
        one.__class__ = other
    except TypeError as error:
        print(error)


class Other(Pair):
    def __init__(self):
        self.many, self.other, self.names = 1, 2, 3


moved = Open(1, 2, "moved")
moved.extra = "x"
moved.__class__ = Other
print(vars(moved), moved.left, moved.right)
moved.__class__ = Open
moved.late = "y"
print(sorted(vars(moved).items()), moved.note)
for _ in range(100):
    moved.__class__ = Other
    moved.__class__ = Open
vars(moved)["kept"] = 1
moved.__class__ = Other
print(sorted(vars(moved)), moved.left)



def observe(count):
    observed = [Observed() for _ in range(count)]
    for at, one in enumerate(observed):
        one.value = [at]
    seen = [weakref.ref(one) for one in observed]
    print(sum(ref().value[0] for ref in seen))
    observed.clear()
    return seen


seen = observe(100)
gc.collect()
# Which of the last ones a register still names is the implementation's affair.
print(sum(ref() is not None for ref in seen) < 5)

print(copy.copy(Triple(1, 2, 3)).third, copy.deepcopy(Open(1, [2], "c")).right)


def churn(count):
    """New objects of each layout, of which some stay."""
    kept = []
    for at in range(count):
        pair = Pair(at, Plain(at))
        if at % 3 == 0:
            kept.append(Triple(pair, pair.right, Empty()))
        elif at % 3 == 1:
            kept.append(Open(pair, at, str(at)))
        if len(kept) > 50:
            del kept[:25]
    return kept


for _ in range(3):
    kept = churn(3000)
    gc.collect()
print(sum(one.left.right.value for one in kept), len(kept))
