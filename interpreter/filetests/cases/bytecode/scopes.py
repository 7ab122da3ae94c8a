# test: bytecode
import os.path
import a.b as c
from . import sibling
from ..pack import one, two as deux
from star import *

x: int = 1


def f():
    global x, made
    x = made = os
    try:
        del x
    except NameError as x:
        pass
    assert x, "message"

    def g():
        return x, len

    return g


def generic[T: int](value: T) -> list[T]:
    return [value]
