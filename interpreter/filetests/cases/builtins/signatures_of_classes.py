# test: run
# Signatures of classes that take nothing, of `object` and of builtin classes.
import inspect


class Plain:
    pass


class Sub(Plain):
    x = 1


class Items(list):
    pass


class Given:
    def __init__(self, a, *, b=2):
        pass


for made in (Plain, Sub, object, Items, Given, list, set, property, classmethod, staticmethod):
    print(made.__name__, inspect.signature(made))
for made in (type, dict, Exception):
    try:
        print(inspect.signature(made))
    except ValueError:
        print("none", made.__text_signature__)
