# test: run
# Classes: attributes, methods, instances, class variables, bound methods.
class Point:
    "A point."
    count = 0
    def __init__(self, x, y=0):
        self.x = x
        self.y = y
        Point.count += 1
    def move(self, dx, dy=0):
        self.x += dx
        self.y += dy
        return self
    def __repr__(self):
        return f"Point({self.x}, {self.y})"
p = Point(1, 2)
q = Point(5)
print(p, q, Point.count, p.move(1).move(2, 3), p.__dict__, vars(q), p.__class__ is Point, type(p).__name__, Point.__doc__, Point.__module__, Point.__qualname__, Point.__bases__, isinstance(p, Point), isinstance(p, object))
m = p.move
print(m(10), m.__self__ is p, m.__func__ is Point.move, m.__name__, Point.move(q, 1), m == p.move, m is p.move)
p.extra = "e"
p.count = 100
print(p.extra, p.count, q.count, Point.count, hasattr(p, "extra"), hasattr(q, "extra"))
del p.count
print(p.count, sorted(vars(p)))
Point.describe = lambda self, mark: f"{mark}{self.x}{mark}"
Point.origin = (0, 0)
print(p.describe("|"), q.describe("*"), p.origin)
p.describe = lambda mark: "own" + mark
print(p.describe("!"), q.describe("!"))
for action in (lambda: p.nope, lambda: Point.nope, lambda: delattr(p, "nope"), lambda: p.x.y, lambda: None.x, lambda: (5).real.z, lambda: setattr(5, "a", 1), lambda: setattr(object(), "a", 1), lambda: delattr(Point, "nope"), lambda: print.x, lambda: getattr(p, 5)):
    try:
        action()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)
class Empty: pass
e = Empty()
e.a = e.b = 1
print(vars(e), Empty.__init__ is object.__init__, Empty() == Empty(), e == e, e != Empty(), bool(e))
class Outer:
    class Inner:
        def who(self):
            return type(self).__qualname__
    def make(self):
        class Local:
            pass
        return Local
print(Outer.Inner().who(), Outer().make().__qualname__, Outer().make()().__class__.__name__)
class Body:
    a = 1
    b = a + 1
    for i in range(3):
        a += i
    if a > 3:
        big = True
    def f(self): return self.b
    g = f
    __private = 5
    def get(self): return self.__private
print(Body.a, Body.b, Body.i, Body.big, Body().g(), Body().get(), Body._Body__private, "__private" in vars(Body))
