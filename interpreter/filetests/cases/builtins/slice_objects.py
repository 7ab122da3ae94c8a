# test: run
# Slices as values, and how containers get them.
for s in (slice(None), slice(5), slice(1, 5), slice(1, 10, 2), slice(None, None, -1), slice(-3, None), slice(10, 0, -4), slice(0, 0)):
    print(s, [s.indices(n) for n in (0, 3, 10)], "abcdefghij"[s], list(range(10))[s], tuple(range(10))[s], b"abcdefghij"[s], range(10)[s])
class Index:
    def __init__(self, v): self.v = v
    def __index__(self): return self.v
print("abcdef"[Index(1) : Index(4)], [1, 2, 3][: Index(-1)], slice(Index(1), "x").start.v)
for bad in (lambda: "abc"["a":], lambda: [1][1.0:], lambda: (1,)[::0], lambda: slice(1, 2, 0).indices(5), lambda: slice(1).indices(-1), lambda: slice(), lambda: slice(1, 2, 3, 4), lambda: slice("a").indices(5)):
    try:
        bad()
    except (TypeError, ValueError) as error:
        print(type(error).__name__)
big = slice(-(10**30), 10**30, 10**20)
print("abc"[big], [1, 2][: 10**30], [1, 2, 3][-(10**30) :], big.indices(5), "abc"[2**63 :], "abc"[: -(2**63)])
class Recorder:
    def __getitem__(self, key): return key
    def __setitem__(self, key, value): print("set", key, value)
    def __delitem__(self, key): print("del", key)
r = Recorder()
print(r[1:2, ::3], r[:], r[..., 1], r[1:2:3], r[()], r[(1, 2)], r[None:], r[*[1, 2], 3], r[*"ab"])
r[1:2] = 5
del r[::2]
r[1, 2] = "x"
