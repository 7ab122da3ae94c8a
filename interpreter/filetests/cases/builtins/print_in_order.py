# test: run
"""What stands before a value is written before the value is asked for its text."""

import sys


class Loud:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        print("<", self.name, ">")
        return self.name


print("first", Loud("a"), "then", [Loud("b"), 1], 2.5, Loud("c"))


class Silent:
    def __str__(self):
        raise ValueError("no text")


for values in [("before", Silent(), "after"), (1, 1 << 20000), (Silent(),), ("x", None, [Silent.__str__ and 1], Silent())]:
    try:
        print(*values, sep="-", end="!\n")
    except ValueError as error:
        print("\n", str(error)[:17])


class Pieces:
    def __init__(self):
        self.pieces = []

    def write(self, text):
        self.pieces.append(text)


for values, options in [
    ((), {}),
    (("a",), {}),
    (("a", 1, Pieces), {"sep": ""}),
    (("a", "b"), {"sep": "--", "end": ""}),
    (("a", 1 << 70, 2.5, None, True), {}),
]:
    pieces = Pieces()
    print(*values, file=pieces, **options)
    print(pieces.pieces)
