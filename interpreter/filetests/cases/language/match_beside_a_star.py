# test: run
# Items before and behind a `*_` are got by their places; nobody goes through the sequence.
from collections.abc import Sequence


class Counts(Sequence):
    """A sequence whose items never end for one who goes through it."""

    def __getitem__(self, at):
        print("item", at)
        return at

    def __len__(self):
        return 42


match Counts():
    case [x, *_, y]:
        print(x, y)
match Counts():
    case [_, 1, *_, 40, _]:
        print("matched")
match Counts():
    case [*_, 7, _]:
        print("never")
    case [*_]:
        print("any")


def ends(row):
    match row:
        case [first, *_] if first == "f":
            return "first", first
        case [*_, (a, *_, b)]:
            return "nested", a, b
        case [a, _, *_, [b, *rest]]:
            return "rest", a, b, rest
        case [*_, last]:
            return "last", last
        case _:
            return "none"


for row in (["f", 2], [1, (2, 3)], [1, 2, 3, [4, 5, 6]], (1, 2, [3]), [9], [], range(5), "text", [1, 2, "ab"]):
    print(ends(row))
for turn in range(100):
    seen = ends([turn, [turn] * (turn % 4)])
print(seen)
