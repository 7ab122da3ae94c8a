# test: run
"""Methods of builtin types are descriptors that a program may bind itself, as `attrs` does."""


class Point:
    pass


point = Point()
bound = object.__setattr__.__get__(point, Point)
bound("x", 1)
print(point.x, bound.__name__, bound.__self__ is point)
items = []
append = list.append.__get__(items)
append(1)
list.append.__get__(items, list)(2)
print(items, append.__self__ is items, type(append).__name__)
print(list.append.__get__(None, list) is list.append, hasattr(len, "__get__"), hasattr(items.append, "__get__"))
print(int.__add__.__get__(3)(4), str.upper.__get__("a")(), type(int.__add__.__get__(3)).__name__)
for method, instance in ((list.append, 1), (dict.__getitem__, [])):
    try:
        method.__get__(instance)
    except TypeError as error:
        print(error)


class Own(dict):
    get_item = dict.__getitem__
    set_item = dict.__setitem__


own = Own()
own.set_item("k", "v")
print(own.get_item("k"), Own.__dict__["get_item"].__get__(own, Own)("k"))
