# test: run
# Insertion order survives growth, deletion and reinsertion.
d = {}
for i in range(1000):
    d[i * 7 % 1009] = i
assert len(d) == 1000 and list(d.values()) == list(range(1000))
for i in range(0, 1000, 3):
    del d[i * 7 % 1009]
assert list(d.values()) == [i for i in range(1000) if i % 3]
for i in range(0, 1000, 3):
    d[i * 7 % 1009] = -i
print(len(d), list(d.items())[:3], list(d.items())[-3:], sum(d.values()), d.popitem(), d.popitem())
d = {str(i): i for i in range(300)}
for i in range(299):
    del d[str(i)]
print(d)
for i in range(100):
    d[i] = i
    if i > 3:
        del d[i - 3]
print(d)
while d:
    last = d.popitem()
print(last, d)
class Same:
    def __init__(self, n):
        self.n = n
    def __hash__(self):
        return 42
    def __eq__(self, other):
        return isinstance(other, Same) and self.n == other.n
    def __repr__(self):
        return f"S{self.n}"
d = {Same(i): i for i in range(20)}
print(d[Same(7)], Same(19) in d, Same(20) in d, len(d), d.pop(Same(3)), Same(3) in d, d[Same(4)], list(d)[:5])
s = {Same(i % 5) for i in range(50)}
print(len(s), Same(2) in s)
big = {2**61 + i: i for i in range(5)} | {-(2**64): "n", 1e30: "f"}
print(big[2**61 + 3], big[int(1e30)], big[-(2**64)], 2.0**61 in big)
h = {hash_like: i for i, hash_like in enumerate([0, 2**61 - 1, 2 * (2**61 - 1), -1, -2])}
print(len(h), h[0], h[2**61 - 1], h[-1], h[-2])
