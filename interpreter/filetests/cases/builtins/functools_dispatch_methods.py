# test: run
# Methods that dispatch by their first argument, and what `inspect` says of them and of anything else.
import functools
import inspect


class Shower:
    @functools.singledispatchmethod
    def show(self, value):
        """Shows a value."""
        return "any", value

    @show.register
    def _(self, value: int):
        return "int", value

    @show.register(str)
    def _(self, value):
        return "str", value

    @functools.singledispatchmethod
    @classmethod
    def made(cls, value):
        return cls.__name__, value

    @made.register(int)
    @classmethod
    def _(cls, value):
        return cls.__name__, "int", value

    @functools.singledispatchmethod
    @staticmethod
    def same(value):
        return value


shower = Shower()
print(shower.show(1), shower.show("s"), shower.show(2.0), shower.show(True))
print(Shower.made(1), shower.made("x"), shower.same(3), Shower.same("q"))
show = shower.show
print(show.__name__, show.__doc__, show.__qualname__, show.__module__, inspect.signature(show))
try:
    shower.show()
except TypeError as error:
    print(error)
Shower.show.register(list, lambda self, value: "list")
print(shower.show([]))
print([name for name, _ in inspect.getmembers(Shower, inspect.isroutine) if name[0] != "_"])
print([inspect.isroutine(value) for value in (5, None, Shower, len, "".join, Shower.made, print)])
