# test: run
# id, is, small caches that programs may rely on, hash and equality contracts.
a = object()
b = object()
print(a is a, a is b, a == a, a == b, a != b, id(a) == id(a), id(a) == id(b), hash(a) == hash(a), None is None, True is True, Ellipsis is ..., NotImplemented is NotImplemented)
x = [1]
y = x
z = x[:]
print(x is y, x is z, x == z, type(x) is list, type(None).__name__, type(...).__name__, type(NotImplemented).__name__)
for value in (0, 1, -1, 2**61 - 1, 2**61, 2**61 - 2, -(2**61), 2**64, 10**30, True, 1.5, -0.0, 0.1, 1e100, None is None, 3 + 0j):
    print(hash(value))
print(hash(-1), hash(-2), hash(2**61 - 1 - 1), hash(-1.0), hash(2.0**61))
class K:
    def __init__(self, v):
        self.v = v
    def __eq__(self, other):
        return self.v == other.v
    def __hash__(self):
        return hash(self.v)
print(K(1) == K(1), K(1) in {K(1)}, {K(1): "a"}[K(1)], len({K(1), K(1), K(2)}), K(1) != K(2), K(1) is K(1))
class NoHash:
    def __eq__(self, other):
        return True
try:
    hash(NoHash())
except TypeError as error:
    print(error, NoHash.__hash__)
class BadHash:
    def __hash__(self):
        return "x"
try:
    hash(BadHash())
except TypeError as error:
    print(error)
class BigHash:
    def __hash__(self):
        return 2**70 + 5
print(hash(BigHash()) == hash(2**70 + 5), NoHash() == 5, 5 == NoHash(), NoHash() != 5)
