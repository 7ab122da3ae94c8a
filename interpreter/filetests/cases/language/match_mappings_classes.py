# test: run
# Mapping and class patterns.
def table(value):
    match value:
        case {"type": "circle", "r": r}:
            return f"circle {r}"
        case {"type": "rect", "size": [w, h]}:
            return f"rect {w}x{h}"
        case {"a": 1, **rest} if rest:
            return f"rest {rest}"
        case {1: one, None: none, -1: minus}:
            return f"keys {one} {none} {minus}"
        case {"nested": {"deep": x}}:
            return f"deep {x}"
        case {}:
            return "some mapping"
        case _:
            return "not a mapping"
for value in ({"type": "circle", "r": 2, "extra": 0}, {"type": "rect", "size": (3, 4)}, {"type": "rect", "size": 5}, {"a": 1, "b": 2}, {"a": 1}, {1: "x", None: "y", -1: "z"}, {"nested": {"deep": [1]}}, {}, [], 5):
    print(table(value))
class Default(dict):
    def __missing__(self, key): return "made up"
print(table(Default()), len(Default()))
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
class Point3(Point):
    __match_args__ = ("x", "y", "z")
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z
class Plain:
    def __init__(self, **kw): self.__dict__.update(kw)
def thing(value):
    match value:
        case Point3(x, y, 0):
            return f"flat {x} {y}"
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return f"y axis {y}"
        case Point(x, y=5):
            return f"y five {x}"
        case Point(Point(a, b), c):
            return f"nested {a} {b} {c}"
        case Plain(name=str(n), size=int(s) | float(s)):
            return f"plain {n} {s}"
        case Plain():
            return "other plain"
        case bool(b):
            return f"bool {b}"
        case int() | float() as number:
            return f"number {number}"
        case str(s):
            return f"str {s}"
        case list([a, b]):
            return f"list {a} {b}"
        case dict(d):
            return f"dict {d}"
        case type():
            return "a class"
        case _:
            return "unknown"
for value in (Point(0, 0), Point(0, 7), Point(3, 5), Point(Point(1, 2), 3), Point(8, 9), Point3(1, 2, 0), Point3(0, 0, 1), Plain(name="n", size=2.5), Plain(name=1), True, 5, 2.5, "s", [1, 2], [1], {"k": 1}, int, None, Point):
    print(thing(value))
def wrong(value):
    match value:
        case Plain(1):
            return "x"
try:
    wrong(Plain())
except TypeError as error:
    print(error)
def many(value):
    match value:
        case Point(1, 2, 3):
            return "x"
try:
    many(Point(1, 2))
except TypeError as error:
    print(error)
def twice(value):
    match value:
        case Point(1, x=1):
            return "x"
try:
    twice(Point(1, 1))
except TypeError as error:
    print(error)
not_a_class = 5
try:
    match 5:
        case not_a_class():
            pass
except TypeError as error:
    print(error)
match {"k": [1, {"d": Point(1, 2)}]}:
    case {"k": [_, {"d": Point(x=px) as p}]}:
        print(px, p.y)
