# test: run
# Which implementation a class has that is registered with others, also later.
import collections.abc as c
import pickle
from functools import singledispatch, total_ordering


@singledispatch
def f(x):
    return "object"


def attempt(x):
    try:
        return f(x)
    except RuntimeError as error:
        return str(error).split(":")[0]


class Own(c.Sized):
    def __len__(self):
        return 0


f.register(c.Sized)(lambda x: "sized")
print(f(Own()), f([]), f(5))
f.register(c.Iterable)(lambda x: "iterable")
f.register(c.Container)(lambda x: "container")
f.register(c.Set)(lambda x: "set")
c.Iterable.register(Own)
print(f(Own()))
c.Container.register(Own)
print(f(Own()))
c.Set.register(Own)
print(f(Own()), f({1}), attempt([]))


class Base:
    pass


class Longer(Base):
    def __len__(self):
        return 0


@singledispatch
def g(x):
    return "object"


g.register(Base)(lambda x: "base")
g.register(c.Sized)(lambda x: "sized")
print(g(Base()), g(Longer()))


class Late:
    pass


@singledispatch
def h(x):
    return "object"


h.register(c.MutableSequence)(lambda x: "sequence")
seen = []
for n in range(300):
    if n == 250:
        c.MutableSequence.register(Late)
    seen.append(h(Late()))
print(seen.count("object"), seen.count("sequence"))


@total_ordering
class Ordered:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


for name in ("__gt__", "__le__", "__ge__"):
    method = getattr(Ordered, name)
    print(name, method.__name__, pickle.loads(pickle.dumps(method)) is method)
print(Ordered(1) <= Ordered(2), Ordered(3) > Ordered(2), Ordered(1) >= Ordered(2))
