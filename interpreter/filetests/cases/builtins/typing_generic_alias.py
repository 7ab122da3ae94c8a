# test: run
# Subscripting a generic class gives typing's alias, and checks its arguments.
import functools
import typing
from typing import Generic, TypeVar

T, U = TypeVar("T"), TypeVar("U")


class Pair(Generic[T, U]):
    def __init__(self, *given):
        self.given = given


class Half(Pair[int, T]):
    pass


class New[V]:
    pass


for alias in (Pair[int, str], Half[str], New[int], Pair[T, int][str]):
    print(alias, type(alias).__name__, isinstance(alias, typing._GenericAlias), alias.__origin__.__name__,
          alias.__args__, alias.__parameters__)
print(Pair.__parameters__, Half.__parameters__, New.__parameters__, Half.__orig_bases__)
print(Pair[int, str](1).__orig_class__, typing.get_origin(New[int]), Half[int].__mro_entries__(())[0].__name__)
for wrong in (lambda: Pair[int], lambda: Half[int, str], lambda: Half[int][str]):
    try:
        wrong()
    except TypeError as error:
        print(str(error).partition(";")[0])
try:
    class Twice(Generic[T, T]):
        pass
except TypeError as error:
    print(error)


@functools.total_ordering
class Ordered:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == other.value

    def __gt__(self, other):
        return self.value > other.value


for name in ("__lt__", "__le__", "__ge__"):
    print(getattr(Ordered, name).__doc__, getattr(Ordered, name).__name__)
print(Ordered(1) <= Ordered(1), Ordered(1) < Ordered(1), Ordered(2) >= Ordered(3))
