# test: run
# An index that no machine word holds is an IndexError, as any other that names no item.
from collections import deque

for sequence in ([1], (1,), "a", b"x", bytearray(b"a"), deque([1]), memoryview(b"a")):
    for index in (1 << 70, -1 << 70, 1 << 60, -(1 << 60) - 1, 1 << 62, 1 << 63, -(1 << 63)):
        for turn in range(100):
            try:
                sequence[index]
            except IndexError as error:
                text = str(error)
        print(type(sequence).__name__, index, text)
items = [1, 2]
for action in (lambda i: items.__setitem__(i, 1), lambda i: items.__delitem__(i), lambda i: items[i:], lambda i: items[:i]):
    try:
        print(action(1 << 70))
    except IndexError as error:
        print(error)
