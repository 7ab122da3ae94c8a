# test: run
# Whatever has a tuple `__bases__` may stand for a class.


class Kind:
    def __init__(self, *bases):
        self.bases = bases

    @property
    def __bases__(self):
        return self.bases


class Thing:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind


root = Kind()
middle = Kind(root)
other = Kind()
leaf = Kind(other, middle)
thing = Thing(leaf)
for kind in (root, middle, other, leaf, Kind(), (Kind(), (root,)), int, object):
    print(isinstance(thing, kind), issubclass(leaf, kind), isinstance(5, kind))
for wrong in (5, "text", thing):
    for function, first in ((isinstance, thing), (issubclass, leaf), (issubclass, int)):
        try:
            print(function(first, wrong))
        except TypeError as error:
            print(error)
try:
    issubclass(thing, int)
except TypeError as error:
    print(error)


class Raises:
    @property
    def __bases__(self):
        raise RuntimeError("no bases")


for function in (lambda: isinstance(1, Raises()), lambda: issubclass(Raises(), int), lambda: issubclass(int, Raises())):
    try:
        print(function())
    except (RuntimeError, TypeError) as error:
        print(repr(error))
