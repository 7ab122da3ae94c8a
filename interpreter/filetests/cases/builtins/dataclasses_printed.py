# test: run
# pprint knows the text of a dataclass from a text that its class was given.
from dataclasses import dataclass, field
from pprint import pprint


@dataclass
class Point:
    x: int
    rest: list = field(default_factory=list)
    text: str = "x" * 50


@dataclass
class Own:
    x: int

    def __repr__(self):
        return "own " * 30


pprint([Point(1, list(range(3))), Point(2), Own(1)])
print(Point.__repr__.__qualname__)
