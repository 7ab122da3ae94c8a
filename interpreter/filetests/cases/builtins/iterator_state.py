# test: run
# Iterators are copied and pickled from where they stand; subclasses of builtin classes whose other half
# is their own take keywords.
import copy
import pickle


class Sequence:
    def __getitem__(self, at):
        return "xyz"[at]


def makers():
    yield lambda: iter([1, 2, 3])
    yield lambda: iter((1, 2, 3))
    yield lambda: iter("abc")
    yield lambda: iter("aßc")
    yield lambda: iter(b"abc")
    yield lambda: iter(bytearray(b"abc"))
    yield lambda: iter(range(1, 9, 3))
    yield lambda: iter(range(10**20, 10**20 + 3))
    yield lambda: iter({1: 2, 3: 4, 5: 6})
    yield lambda: iter({1: 2, 3: 4, 5: 6}.items())
    yield lambda: iter({1: 2, 3: 4, 5: 6}.values())
    yield lambda: reversed({1: 2, 3: 4, 5: 6})
    yield lambda: iter({1, 2, 3})
    yield lambda: iter(frozenset([1]))
    yield lambda: reversed([1, 2, 3])
    yield lambda: reversed((1, 2, 3))
    yield lambda: reversed("abc")
    yield lambda: enumerate("abc", 7)
    yield lambda: enumerate("ab", 2**80)
    yield lambda: zip("abc", [1, 2, 3])
    yield lambda: map(str, [1, 2, 3])
    yield lambda: map(max, [1, 5, 3], (4, 4, 4))
    yield lambda: filter(None, [1, 0, 3])


for make in makers():
    whole = list(make())
    for taken in range(len(whole) + 2):
        iterator = make()
        for _ in range(taken):
            next(iterator, None)
        for protocol in range(2, 6):
            again = pickle.loads(pickle.dumps(iterator, protocol))
            if hasattr(iterator, "__setstate__") and taken <= len(whole):
                assert type(again) is type(iterator), again
            assert list(again) == whole[taken:], (whole, taken)
        assert list(copy.deepcopy(iterator)) == whole[taken:]
        assert list(iterator) == whole[taken:]
    print(type(make()).__name__.replace("_ascii", ""), whole)

iterator = iter(Sequence())
next(iterator)
print(list(copy.copy(iterator)), list(iterator), list(copy.copy(iterator)))
counter = iter([3, 2, 1, 0]).__next__
print(list(copy.copy(iter(counter, 1))))

iterator = iter([1, 2, 3])
iterator.__setstate__(-5)
print(next(iterator, "at its end"))
iterator = iter((1, 2, 3))
iterator.__setstate__(-5)
print(next(iterator))
iterator.__setstate__(2)
print(list(iterator))
iterator.__setstate__(0)
print(list(iterator))
iterator = reversed([1, 2, 3])
iterator.__setstate__(0)
print(list(iterator))
strict = zip("ab", "c", strict=True)
print(strict.__reduce__()[2], len(zip("ab", "c").__reduce__()))
try:
    list(copy.copy(strict))
except ValueError as error:
    print(error)
try:
    iter([1]).__setstate__("a")
except TypeError as error:
    print(type(error).__name__)
print(hasattr(iter({}), "__setstate__"))


class ListOf(list):
    def __new__(cls, *items, name=None):
        self = super().__new__(cls)
        self.name = name
        return self


class TupleOf(tuple):
    def __init__(self, *items, name=None):
        self.name = name


class FrozenSetOf(frozenset):
    def __init__(self, *items, name=None):
        self.name = name


class Plain(tuple):
    pass


print(ListOf([1, 2], name="l").name, ListOf([1, 2], name="l"))
print(TupleOf([1, 2], name="t").name, FrozenSetOf([1], name="f").name)
for make in [lambda: Plain([1], name=1), lambda: tuple([1], name=1), lambda: list([1], name=1)]:
    try:
        make()
    except TypeError as error:
        print(error)


class Named(frozenset):
    pass


class NamedSet(set):
    pass


for made in [Named([1]), NamedSet([2])]:
    made.name = "n"
    for protocol in range(6):
        again = pickle.loads(pickle.dumps(made, protocol))
        assert again == made and again.name == "n" and type(again) is type(made)
    print(copy.copy(made).name)
