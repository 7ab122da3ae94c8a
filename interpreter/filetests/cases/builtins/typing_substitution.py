# test: run
# Arguments put in place of type parameters; the parameters copied and pickled.
import copy
import pickle
import typing
from typing import Generic, ParamSpec, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")


def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__)


class Many(Generic[T, *Ts]):
    pass


class Calls(Generic[P]):
    pass


print([pickle.loads(pickle.dumps(x)) is x for x in (T, P, Ts)])
print([copy.copy(x) is x and copy.deepcopy(x) is x for x in (T, P, Ts)])
print([x.__module__ for x in (T, P, Ts)], TypeVar.__module__)
show("tuple", lambda: typing.Tuple[Unpack[Ts]][int, str])
show("tuple", lambda: tuple[*Ts][int, str])
show("tuple", lambda: tuple[T, *Ts][int, str, float])
show("tuple", lambda: tuple[T, *Ts][int])
show("tuple", lambda: tuple[T, *Ts][()])
show("class", lambda: Many[int, str, float])
show("callable", lambda: typing.Callable[P, int][[str]])
show("callable", lambda: typing.Callable[P, T][[str, int], float])
show("dict", lambda: dict[T, int][str])
show("too many", lambda: dict[T, int][str, int])
show("union", lambda: (list[T] | int)[str])
show("star", lambda: tuple[*tuple[int, str], T][float])
show("unpacked", lambda: tuple[T, *Ts][*tuple[int, str]])
show("equal", lambda: (*Ts,) == (Unpack[Ts],))


class Base(Generic[T]):
    pass


class Twice(Generic[T], Base[T]):
    pass


class Later(Base[T], Generic[T]):
    pass


print([c.__name__ for c in Twice.__mro__], Later.__bases__, Twice.__orig_bases__)
User = typing.NewType("User", int)
print(User(5), User.__supertype__, User.__name__)
print(hash(typing.Callable[[int], str]) == hash(typing.Callable[[int], str]))
