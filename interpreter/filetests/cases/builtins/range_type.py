# test: run
# range: arithmetic of members, slices, comparison, big bounds.
for r in (range(5), range(2, 8), range(1, 10, 3), range(10, 0, -3), range(0), range(5, 2), range(-3, 3), range(0, 10, 20), range(3, -4, -2)):
    print(r, list(r), len(r), bool(r), r.start, r.stop, r.step, list(reversed(r)), r[1:], r[::-1], sum(r), 4 in r, -1 in r, r.count(2), 4.0 in r, "x" in r)
r = range(1, 20, 4)
print(r[0], r[-1], r[2], r[1:4], r[1:4][-1], r.index(9), r[-2:], r[::2], r[5:1])
for operation in (lambda: r[10], lambda: r[-6], lambda: range(1, 2, 0), lambda: range(1.5), lambda: range("a"), lambda: range(), lambda: range(1, 2, 3, 4), lambda: r["a"], lambda: setattr(r, "start", 5)):
    try:
        operation()
    except (IndexError, ValueError, TypeError, AttributeError) as error:
        print(type(error).__name__, error)
try:
    r.index(3)
except ValueError as error:
    print(error)
print(range(3) == range(0, 3, 1), range(0, 3, 2) == range(0, 4, 2), range(0) == range(5, 5), hash(range(3)) == hash(range(0, 3)), range(3) != [0, 1, 2], {range(3): 1}[range(3)])
big = range(2**60 - 2, 2**60 + 3)
print(list(big), len(big), 2**60 in big, big[-1], list(range(2**63 - 1, 2**63 + 2)), list(range(-(2**64), -(2**64) - 3, -1)), range(10**30)[10**29], 10**29 in range(10**30), list(range(10**20, 10**20 + 10, 4)))
try:
    len(range(10**30))
except OverflowError as error:
    print(type(error).__name__)
it = iter(range(3))
print(next(it), next(it), next(it), next(it, "end"), it.__length_hint__(), iter(it) is it, [*range(3)], list(zip(range(3), range(5, 8))), max(range(7)), sorted(range(3), reverse=True), tuple(range(True + 1)))
total = 0
for i in range(100000, 0, -7):
    total += i
print(total, i)
for i in range(3):
    i = 10
print(i, [i for i in range(0, 20, 5)], i)
for never in range(0):
    print("never")
else:
    print("else", "never" in dir())
