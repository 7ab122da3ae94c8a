# test: run
"""Orders, types and errors that few programs ask for."""
from collections import deque
import os
from types import CellType

# The order of a closure's cells is that of the names.
def closures():
    zeta, alpha, mid = 1, 2, 3

    def inner():
        nonlocal zeta
        zeta = alpha * mid
        return zeta
    return inner


inner = closures()
print(inner.__code__.co_freevars, [cell.cell_contents for cell in inner.__closure__])
cells = CellType(35), CellType(72), CellType(0)
exec(inner.__code__, {}, closure=cells)
print(cells[2].cell_contents, inner())


class Meta(type):
    def __new__(meta, name, bases, space, **words):
        return super().__new__(meta, name, bases, space)


def with_class(zulu, able):
    class Inside(metaclass=Meta):
        def method(self):
            return __class__.__name__, zulu, able, super().__repr__ is not None
    return Inside


print(with_class(1, 2)().method(), with_class(1, 2).method.__code__.co_freevars)

# A start is given back as it is.
for start in False, True, 0, 0.0, 1 + 0j:
    print(sum([], start), sum((), start=start), sum([1], start), sum([True], start), sum(iter([]), start))


# A deque that its items' comparison changes.
class Clears:
    def __eq__(self, other):
        changing.clear()
        return NotImplemented


for ask in (lambda: 3 in changing), (lambda: changing.count(3)), (lambda: changing.index(3)):
    changing = deque([Clears(), Clears()])
    try:
        print(ask())
    except RuntimeError as error:
        print(error)
changing = deque([1, 2, 1, 1.0, True])
print(changing.count(1), changing.count(3))

# Names of files.
for name in "a\0b", b"a\0b":
    for function in open, os.stat, os.mkdir, os.listdir:
        try:
            function(name)
        except ValueError as error:
            print(function.__name__, type(error).__name__, "null" in str(error))
