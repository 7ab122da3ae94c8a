# test: run
# Callable of collections.abc with type parameters; how parameters are shown, and unions of them with names.
from collections.abc import Callable
from typing import Concatenate, ForwardRef, Generic, ParamSpec, TypeVar
import copy
import pickle

P, P2 = ParamSpec("P"), ParamSpec("P2")
T, V = TypeVar("T"), TypeVar("V", covariant=True)
alias = Callable[P, T]
print(alias, alias.__args__, alias.__parameters__)
for given in ([int], str), ([int, bytes], str), ([], str), (..., str), (P2, int), (Concatenate[int, P2], str), ([V], T):
    print(alias[given], alias[given].__args__, alias[given].__parameters__)
print(Callable[[T, V], str][int, str], Callable[[], T][int], Callable[..., T][int], Callable[[list[T]], T][int])
print(Callable[Concatenate[int, P], T], Callable[Concatenate[int, P], T][[str], int])
print(Callable[[int], T][str] == Callable[[int], str], hash(Callable[[int], T][str]) == hash(Callable[[int], str]))
print(pickle.loads(pickle.dumps(Callable[[int], str])) == Callable[[int], str], copy.copy(alias) == alias)
print(copy.deepcopy(alias[[int], str]), pickle.loads(pickle.dumps(Callable[..., str])))
for action in (
    lambda: Callable[int, str],
    lambda: Callable[[int]],
    lambda: Callable[int],
    lambda: alias[[int], str, 5],
):
    try:
        print(action())
    except TypeError as error:
        print(error)


class Both(Generic[P, T]):
    pass


def new[**Q, R](function: Callable[Q, R]) -> Callable[Q, R]: ...


print(Both[[int, str], bool], Both[P, T], new.__annotations__)
print((T | "name").__args__ == (T, ForwardRef("name")), ("name" | P).__args__ == (ForwardRef("name"), P), (T | None).__args__)
