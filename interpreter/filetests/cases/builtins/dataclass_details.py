# test: run
# What a class says itself goes before what the decorator makes; annotations as text; slots.
from __future__ import annotations

import copy
import dataclasses
import pickle
import typing
import typing as t
from dataclasses import KW_ONLY, InitVar, dataclass, field, fields
from typing import ClassVar, ClassVar as CV, Optional


@dataclass
class OwnInit:
    x: int

    def __init__(self, x):
        self.x = 2 * x


@dataclass
class Texts:
    x: int
    y: ClassVar[int] = 5
    z: typing.ClassVar[int] = 6
    w: t.ClassVar = 7
    v: CV[int] = 8
    u: t .ClassVar[int] = 8
    i: InitVar[int] = 9
    j: dataclasses.InitVar[int] = 10
    n: notypes.ClassVar = 11
    _: KW_ONLY
    k: int = 3
    l: dict[str, ClassVar] = field(default_factory=dict)

    def __post_init__(self, i, j):
        self.both = i + j


class Base:
    def hi(self):
        return "base"


@dataclass(slots=True, frozen=True)
class OwnState:
    a: int

    def __getstate__(self):
        return ["custom", self.a]

    def __setstate__(self, state):
        object.__setattr__(self, "a", state)


@dataclass(slots=True, frozen=True)
class Frozen:
    a: int
    b: list


@dataclass(slots=True, weakref_slot=True)
class Weak:
    a: int


@dataclass(slots=True, weakref_slot=True)
class Weaker(Weak):
    b: int


@dataclass(slots=True, weakref_slot=True)
class OfPlain(Base):
    b: int


@dataclass
class Node:
    value: int
    next: Optional[Node] = None


@dataclass
class Documented:
    a: int = 3
    b: list[int] = field(default_factory=list)
    c: InitVar[str] = "x"
    d: int = field(init=False, default=2)


print(OwnInit(3).x)
print(Texts(1), Texts(1).both, [f.name for f in fields(Texts)], Texts.y)
print(copy.copy(OwnState(3)), pickle.loads(pickle.dumps(OwnState(4))))
print(copy.deepcopy(Frozen(3, [1])), pickle.loads(pickle.dumps(Frozen(3, [1]))))
print(Weak.__slots__, Weaker.__slots__, OfPlain.__slots__)
print(Node(1, Node(2)), copy.replace(Node(1), value=4))
print(Documented.__doc__, Documented.__match_args__)
