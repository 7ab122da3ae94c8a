# test: run
"""Collections written in Python take type parameters as those of the interpreter do."""
from collections import ChainMap, UserDict, UserList, UserString, deque

print(UserDict[str, int], UserList[int], ChainMap[str, int], UserString[str], deque[int])


class Typed(UserDict[str, int]):
    pass


typed = Typed(a=1)
print(typed, Typed.__mro__[1].__name__, Typed.__orig_bases__, Typed[str, int].__args__)


class Meta(type):
    pass


print(type[int], type[int].__origin__, type[Typed].__args__ == (Typed,), tuple[type[BaseException], int])
try:
    Meta[int]
except TypeError as error:
    print(error)
