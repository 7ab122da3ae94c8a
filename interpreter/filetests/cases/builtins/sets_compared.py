# test: run
# Sets compared, copied, and made smaller, with elements that compare by Python code, with holes, and subclasses.
import random

class Key:
    def __init__(self, n): self.n = n
    def __hash__(self): return self.n % 7
    def __eq__(self, other): return isinstance(other, Key) and self.n == other.n
    def __repr__(self): return f"K{self.n}"

def relations(a, b):
    return (a <= b, a < b, a >= b, a > b, a == b, a != b, a.issubset(b), a.issuperset(b), a.isdisjoint(b))

numbers = [set(), {1}, {1, 2}, frozenset({2, 1}), {1.0, 2, True}, frozenset(range(50)), set(range(0, 50, 3)),
           {"a", 1}, {Key(1), Key(8)}, {Key(8)}, frozenset({Key(1), Key(8), Key(15)})]
for a in numbers:
    print([sum(relations(a, b)) for b in numbers], [relations(a, b)[:4] for b in numbers[:4]])

# A subclass that compares in its own way is asked, on either side.
class Loud(frozenset):
    def __le__(self, other): return "le"
    def __ge__(self, other): return "ge"
    def __eq__(self, other): return "eq"
    __hash__ = frozenset.__hash__
print(Loud({1}) <= {1}, {1} <= Loud({1}), {1} == Loud({2}), frozenset({1}) >= Loud({2}))
try:
    {1} < [1]
except TypeError as error:
    print(error)

# What is taken out of a large set, or of one of a like size.
def differences(own, other):
    left = own - other
    return len(left), sorted(left)[:5], left == {x for x in own if x not in other}, list(left) == [x for x in own if x not in other]
large = frozenset(range(100))
print(differences(large, {5, 17, 99, 200}))
print(differences(large, set(range(0, 100, 2))))
print(differences(large, set()))
print(differences(large, {True, 2.0, 3}))
holes = set(range(64))
for n in range(0, 64, 5): holes.discard(n)
print(differences(holes, {1, 2}), differences(holes, {0, 63}), len(holes - holes))
print(sorted(holes | {0}) == [0] + [n for n in range(64) if n % 5], sorted(holes.copy()) == sorted(holes))
print(holes.copy() == holes, set(holes) == holes, frozenset(holes) <= holes)
some = {Key(n) for n in range(40)}
print(len(some - {Key(3), Key(39), Key(41)}), Key(3) in some - {Key(3)}, len(some.difference([Key(1), 1])))
left = set(range(10)) - {9, 8}
left.add(8)
print(left, left - {0}, len(left - {7}))

# The least and the greatest.
print(min({3, 1, 2}), max({3, 1, 2}), min(frozenset({-5, 7})), max({1, 2.5}), min({True, 2}), max({2**70, 1}))
print(min({"b", "a"}), max({(1, 2), (1, 3)}), min({3, -3}, key=abs) in (3, -3), max({1, 2}, key=lambda n: -n))
print(min(set(), default=4), max(holes), min(holes))
for function in min, max:
    try:
        function(set())
    except ValueError as error:
        print(error)
class Other(set):
    def __iter__(self): return iter([9, 4])
print(min(Other({1})), max(Other({100})))

# As a program that places pieces: a subset of what is free, taken from it.
def search(free, pieces, depth=0):
    found = 0
    for piece in pieces:
        if piece <= free:
            rest = free - piece
            found += 1
            if rest and depth < 3 and min(rest) % 2 == depth % 2:
                found += search(rest, pieces, depth + 1)
    return found
random.seed(3)
pieces = [frozenset(random.sample(range(60), 4)) for _ in range(14)]
print([search(frozenset(range(60)), pieces[:n]) for n in range(4, 14)])
