# test: run
# isinstance, issubclass, getattr, setattr, hasattr, delattr, callable, type.
print(isinstance(5, int), isinstance(5, (str, int)), isinstance(5, (str, (float, (int,)))), isinstance(True, int), isinstance(None, type(None)), isinstance(5, object), isinstance(int, type), isinstance(5, int | str), issubclass(bool, int), issubclass(int, (str, object)), issubclass(int, int), isinstance([], (list, tuple)), isinstance(print, type(len)))
for action in (lambda: isinstance(5, 5), lambda: isinstance(5, (int, 5)), lambda: isinstance("x", (int, 5)), lambda: issubclass(5, int), lambda: issubclass(int, 5), lambda: isinstance(5), lambda: isinstance(5, [int])):
    try:
        print(action())
    except TypeError as error:
        print(error)
class A:
    x = 1
    def __init__(self): self.y = 2
a = A()
print(getattr(a, "x"), getattr(a, "y"), getattr(a, "z", 3), hasattr(a, "x"), hasattr(a, "z"), setattr(a, "z", 5), a.z, delattr(a, "z"), hasattr(a, "z"), getattr(A, "x"), getattr(5, "real"), getattr("a", "upper")(), getattr(a, "none", None))
for action in (lambda: getattr(a, "q"), lambda: getattr(a), lambda: getattr(a, "b", 1, 2), lambda: setattr(a, "b"), lambda: delattr(a, "q"), lambda: hasattr(a, 5), lambda: setattr(a, 5, 5)):
    try:
        action()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)
setattr(a, "not an identifier", 1)
print(vars(a), getattr(a, "not an identifier"), sorted(vars(A))[:0], "x" in vars(A), dir(a)[-3:], "x" in dir(A), [n for n in dir(a) if not n.startswith("_")])
print(callable(len), callable(A), callable(a), callable(a.__init__), callable(5), callable(lambda: 1), type(5) is int, type(a) is A, type(A) is type, type(type(5)) is type, type(len).__name__, type(a.__init__).__name__, type(A.__init__).__name__, type([].append).__name__, type(str.upper).__name__, type(x for x in "").__name__)
B = type("B", (A,), dict(w=9, get=lambda self: self.w + self.x))
b = B()
print(B.__name__, b.get(), B.__bases__, b.y, repr(B), type("Empty", (), {})().__class__.__name__)
for args in ((5, (), {}), ("N", [], {}), ("N", (), []), ("N", (5,), {}), ("N", (), {}, {})):
    try:
        type(*args)
        print("made")
    except TypeError as error:
        print(type(error).__name__)
print(id(a) == id(a), vars().get("A") is A, "A" in dir(), hash("a") == hash("a"), repr("x"), ascii("é"), object() is object(), type(object()).__name__, a.__class__.__mro__, isinstance(a, a.__class__))
print(vars(type("V", (), {"q": 1}))["q"], [k for k in type("V", (), {"q": 1, "__r": 2}).__dict__ if k in ("q", "__r")])
try:
    vars(5)
except TypeError as error:
    print(error)
print(int.__name__, int.__module__, A.__module__, len.__name__, str.upper.__name__, print.__qualname__ if hasattr(print, "__qualname__") else "print", (1).__class__.__name__, A.__init__.__qualname__)
