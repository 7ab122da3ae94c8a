# test: run
"""Who refers to whom, as the collector sees it."""
import gc


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right


class Slotted:
    __slots__ = ("only",)

a, b, c = [1], {"k": 2}, (3.5, "text")
assert gc.get_referents([a, b, c]) == [a, b, c]
# Integers that lie in the word itself are not objects; storage is not shown.
assert gc.get_referents(a) == []
assert gc.get_referents([b"bytes"]) == [b"bytes"]
assert gc.get_referents(bytearray(b"x" * 100)) == []
assert gc.get_referents({"key": a, 5: b}) in (["key", a, b], [a, "key", b])
assert gc.get_referents({"only"}) == ["only"]
assert gc.get_referents() == []
assert gc.get_referents(a, [a], (b,)) == [a, b]

# Many attributes lie outside of the object, and count as its own.
node = Node(a, b)
for n in range(40):
    setattr(node, f"more{n}", [n])
found = gc.get_referents(node)
assert any(o is a for o in found) and any(o is b for o in found) and any(o is Node for o in found)
assert sum(type(o) is list for o in found) == 41
slotted = Slotted()
slotted.only = c
assert any(o is c for o in gc.get_referents(slotted))

# The other way round.
holder = {"node": node}
itself = [holder]
itself.append(itself)
assert any(o is holder for o in gc.get_referrers(node))
assert any(o is itself for o in gc.get_referrers(holder))
assert any(o is itself for o in gc.get_referrers(itself))
assert not any(o is holder for o in gc.get_referrers(a))
assert any(o is node for o in gc.get_referrers(a))
assert gc.get_referrers() == []


def enclosing():
    inner = [7]
    def reads():
        return inner
    return reads


function = enclosing()
cell = function.__closure__[0]
assert any(o is function for o in gc.get_referrers(function.__closure__))
assert gc.get_referents(cell) == [[7]]

# A large list, and what it keeps, survive many questions.
large = [[n] for n in range(20000)]
for n in (0, 9999, 19999):
    assert any(o is large for o in gc.get_referrers(large[n]))
    assert gc.get_referents(large)[n] is large[n]
junk = [[n] for n in range(50000)]
del junk
gc.collect()
assert large == [[n] for n in range(20000)]

for value, tracked in [(0, False), ("a", False), (2.5, False), (b"x", False), ([], True), ({}, True), (node, True)]:
    assert gc.is_tracked(value) is tracked, value
print("fine")
# expect: fine

# What `collect` tells: most of the cycles that nothing refers to any more, unless a collection that nobody
# asked for has found them before.
def collections():
    return sum(generation["collections"] for generation in gc.get_stats())


gc.collect()
before = collections()
for _ in range(1000):
    one, other = Node(None, None), Node(None, None)
    one.left, other.left = other, one
del one, other
found = gc.collect()
assert found >= 1900 or collections() > before + 1, found
