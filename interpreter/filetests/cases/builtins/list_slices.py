# test: run
# Slices: reading, assigning, deleting, extended forms.
base = list(range(10))
for start in (None, 0, 3, -3, 12, -12):
    for stop in (None, 0, 7, -2, 15, -15):
        for step in (None, 1, 2, -1, -3):
            piece = base[start:stop:step]
            assert piece == [base[i] for i in range(*slice(start, stop, step).indices(10))]
print(base[2:5], base[::-1], base[-3:], base[7:2], base[7:2:-2], base[:], base[:] is base)

def assigned(index, values):
    copy = base[:]
    copy[index] = values
    return copy

print(assigned(slice(2, 5), ["a"]), assigned(slice(2, 5), []), assigned(slice(2, 2), "xyz"), assigned(slice(5, 2), "q"), assigned(slice(None), [1]))
print(assigned(slice(None, None, 2), "abcde"), assigned(slice(None, None, -1), range(10)), assigned(slice(8, 20), "end"), assigned(slice(-3, None), []), assigned(slice(20, 30), (1, 2)), assigned(slice(9, 0, -3), "xyz"))
for index in (slice(2, 5), slice(None, None, 2), slice(None, None, -3), slice(5, 2), slice(-100, 3), 4, -1, slice(1, 9, 4)):
    copy = base[:]
    del copy[index]
    print(index, copy)
copy = base[:]
copy[3:6] = copy
print(copy)
copy = base[:]
copy[::2] = copy[1::2]
print(copy)
copy[1:3] += ["x", "y"]
print(copy)
for operation in (lambda: assigned(slice(None, None, 2), [1]), lambda: base[::0], lambda: base["a":], lambda: assigned(10, 1), lambda: assigned(slice(None, None, -1), [1, 2])):
    try:
        operation()
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
s = slice(1, 8, 3)
print(s, s.start, s.stop, s.step, s.indices(5), s == slice(1, 8, 3), slice(5), slice(None, -1).indices(4), slice(None, None, -1).indices(3), slice(1, 2) < slice(1, 3), hash(slice(1, 2)) == hash(slice(1, 2)))

class Sub:
    def __getitem__(self, key):
        return key

print(Sub()[1:2], Sub()[::2], Sub()[1, 2:3], Sub()[...], Sub()[1,], Sub()["a":"b"], Sub()[:])
