# test: run
# contextlib and abc.
from contextlib import contextmanager, suppress, closing, ExitStack, nullcontext, redirect_stdout
from abc import ABC, abstractmethod, ABCMeta
import io
@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ValueError as error:
        print("saw", error)
        raise
    finally:
        print(f"</{name}>")
with tag("a") as a, tag("b"):
    print(a)
try:
    with tag("c"):
        raise ValueError("v")
except ValueError as error:
    print("out", error)
@tag("decorated")
def f(x):
    print("in f", x)
    return x
print(f(1), f(2))
with suppress(KeyError, IndexError):
    {}["x"]
print("suppressed")
@contextmanager
def swallow():
    try:
        yield
    except KeyError:
        pass
with swallow():
    raise KeyError
class Door:
    def close(self): print("closed")
with closing(Door()):
    print("open")
with ExitStack() as stack:
    for name in "xy":
        stack.enter_context(tag(name))
    stack.callback(print, "callback")
with nullcontext(5) as five:
    print(five)
out = io.StringIO()
with redirect_stdout(out):
    print("hidden")
print(repr(out.getvalue()))
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
    def describe(self): return f"{self.name} {self.area()}"
class Square(Shape):
    name = "square"
    def __init__(self, s): self.s = s
    def area(self): return self.s**2
print(Square(3).describe(), isinstance(Square(1), Shape))
for cls in (Shape, type("Half", (Shape,), {"area": lambda self: 1})):
    try:
        cls()
    except TypeError as error:
        print(type(error).__name__)
@Shape.register
class Other: pass
print(isinstance(Other(), Shape), issubclass(Other, Shape), sorted(Shape.__abstractmethods__))
class Sized(metaclass=ABCMeta):
    @classmethod
    def __subclasshook__(cls, other):
        return hasattr(other, "size") or NotImplemented
class HasSize:
    size = 1
print(isinstance(HasSize(), Sized), isinstance(5, Sized))
from collections.abc import Iterable, Mapping, Sequence, Callable, Hashable, Iterator, Sized as S, Container, Set, MutableMapping
print(isinstance([], Iterable), isinstance({}, Mapping), isinstance("", Sequence), isinstance(len, Callable), isinstance([], Hashable), isinstance(iter([]), Iterator), isinstance(5, Iterable), isinstance(set(), Set), isinstance({}, Container), issubclass(dict, MutableMapping))
class MyMap(MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
m = MyMap()
m["a"] = 1
m.update(b=2)
print(dict(m), m.get("z", 0), m.pop("a"), "b" in m, list(m.items()), m.setdefault("q", 5), m == {"b": 2, "q": 5}, len(m))
