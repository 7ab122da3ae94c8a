# test: run
# Named tuples' fields can be documented.
import collections

Point = collections.namedtuple("Point", "x y")
print(Point.x.__doc__, Point.y.__doc__)
Point.x.__doc__ = "across"
print(Point.x.__doc__, Point(1, 2).x)
try:
    type.__dict__["__mro__"].__doc__ = "no"
except AttributeError as error:
    print(type(error).__name__)
