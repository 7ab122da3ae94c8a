# test: run
# __slots__: no dict, inheritance, defaults, errors.
class Point:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
p = Point(1, 2)
p.x += 5
print(p.x, p.y, Point.__slots__, hasattr(p, "__dict__"), type(Point.x).__name__, Point.x.__get__(p), Point.x.__name__)
for action in (lambda: setattr(p, "z", 1), lambda: p.z, lambda: p.__dict__):
    try:
        action()
    except AttributeError as error:
        print(error)
del p.y
try:
    p.y
except AttributeError as error:
    print(error)
try:
    del p.y
except AttributeError as error:
    print(error)
p.y = "back"
print(p.y)
class Point3(Point):
    __slots__ = ("z",)
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z
q = Point3(1, 2, 3)
print(q.x, q.y, q.z, hasattr(q, "__dict__"))
class Open(Point):
    pass
o = Open(1, 2)
o.anything = 5
print(o.anything, vars(o), o.x)
class WithDict:
    __slots__ = ("a", "__dict__")
w = WithDict()
w.a, w.b = 1, 2
print(vars(w), w.a, w.b)
class Single:
    __slots__ = "only"
s = Single()
s.only = 1
print(s.only, Single.__slots__)
class Empty:
    __slots__ = ()
try:
    Empty().x = 1
except AttributeError as error:
    print(error)
try:
    class Conflict:
        __slots__ = ("a",)
        a = 1
except ValueError as error:
    print(error)
for bad in ((1,), ("not valid",)):
    try:
        type("Bad", (), {"__slots__": bad})
    except TypeError as error:
        print(error)
class Base1:
    __slots__ = ("a",)
class Base2:
    __slots__ = ("b",)
try:
    class Both(Base1, Base2):
        pass
except TypeError as error:
    print(error)
class Mangled:
    __slots__ = ("__secret",)
    def __init__(self):
        self.__secret = 5
    def get(self):
        return self.__secret
print(Mangled().get(), Mangled()._Mangled__secret)
class Str(str):
    __slots__ = ()
print(Str("x").upper(), sorted(dir(p))[-2:])
try:
    Str("x").a = 1
except AttributeError as error:
    print(error)
