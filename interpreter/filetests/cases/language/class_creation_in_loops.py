# test: run
# Classes and functions made at run time, used and thrown away.
def make(i):
    class Local:
        number = i
        def get(self):
            return self.number + i
        @property
        def double(self):
            return self.get() * 2
    return Local
total = 0
for i in range(200):
    total += make(i)().double
print(total, make(1) is make(1), make(3).__qualname__)
for i in range(100):
    name = f"Dynamic{i}"
    cls = type(name, (make(i),), {"extra": i, f"method{i}": lambda self: type(self).__name__})
    o = cls()
    if getattr(o, f"method{i}")() != name or o.get() != 2 * i:
        print("wrong", i)
print(cls.__mro__[1].__name__, cls.extra)
namespace = {}
for i in range(50):
    exec(f"def f{i}(x, y={i}):\n    return x * y\nclass C{i}:\n    value = f{i}(2)\n", namespace)
print(sum(namespace[f"C{i}"].value for i in range(50)), namespace["f49"](3))
base = object
for i in range(60):
    base = type(f"Level{i}", (base,), {f"a{i}": i, "level": i})
leaf = base()
print(leaf.level, leaf.a0, leaf.a59, len(base.__mro__), sum(getattr(leaf, f"a{i}") for i in range(60)))
type.__setattr__(base.__mro__[30], "level", "changed")
print(leaf.level)
del base.level
print(leaf.level, base.__mro__[1].__name__)
base.__mro__[1].level = "hidden no more"
print(leaf.level)
for step in range(3):
    base.step = step
    print(leaf.step, end=" ")
print()
class Registry(type):
    classes = []
    def __new__(mcls, name, bases, ns):
        cls = super().__new__(mcls, name, bases, ns)
        mcls.classes.append(cls)
        return cls
for i in range(20):
    Registry(f"R{i}", (), {"i": i})
print(len(Registry.classes), sum(c.i for c in Registry.classes), Registry.classes[-1])
def closure_classes():
    return [type("K", (), {"f": (lambda n: lambda self: n)(i)})() for i in range(5)]
print([k.f() for k in closure_classes()], len({type(k) for k in closure_classes()}))
mixed = [make(1)(), make(2)(), leaf, 5, "x"]
print([getattr(m, "number", None) for m in mixed * 2])
