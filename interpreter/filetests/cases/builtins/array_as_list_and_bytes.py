# test: run
# An array's items lie in a list until someone asks for their bytes; nothing that a program sees tells which.
import copy
import pickle
from array import array


def shown(a):
    return a.typecode, a.itemsize, len(a), a.tolist(), a.tobytes() == bytes(a) == bytes(memoryview(a))


def attempt(function, *args):
    try:
        return function(*args)
    except (TypeError, ValueError, OverflowError, IndexError, BufferError) as error:
        return type(error).__name__


for code in "iIlLqQd":
    a = array(code, [1, 2, 3])
    a.append(4)
    a.extend([5, 6])
    a.extend(array(code, [7]))
    a.insert(1, 9)
    a.insert(-100, 10)
    a[0] = 11
    a[-1] = 12
    a += array(code, [13])
    a *= 2
    print(shown(a), a.pop(), a.pop(0), a.index(9), a.count(2), 5 in a, 77 in a)
    b = a[2:7]
    b[1:3] = array(code, [20, 21, 22])
    b[::2] = b[::2][::-1]
    del b[0]
    del b[1:2]
    b.reverse()
    print(b == array(code, b), b < a, b + b == b * 2, (2 * b).tolist(), b[-1], list(b), b)
    # A view shares the memory, whatever it was before.
    view = memoryview(b)
    view[0] = view[1]
    b[1] = 33
    print(view.tolist(), b.tolist(), view.format == code or code in "lLqQ")
    print(attempt(b.append, 1), len(b))
    view.release()
    b.append(1)
    b.byteswap()
    b.byteswap()
    print(b.tolist(), pickle.loads(pickle.dumps(b)) == b, copy.copy(b) == copy.deepcopy(a[:0] + b))
    print([attempt(a.append, bad) for bad in ("x", None, 1.5, -1, 1 << 70, 2**31, 2**63, True)], a.tolist()[-4:])
    print([attempt(a.__setitem__, 0, bad) for bad in ("x", 1.5, -1, 1 << 70, 2**32, True)], a[0])
    print([attempt(a.__getitem__, bad) for bad in (99, -99, "x", 1.0, True)], attempt(a.__setitem__, 99, 1))
    print(array(code, a.tobytes()) == a, array(code, bytes(8 * 3))[1:], array(code) == array("d"))
    a.clear()
    print(a, attempt(a.pop), attempt(a.remove, 3), a.tobytes())


class Own(array):
    def __getitem__(self, index):
        return super().__getitem__(index) + 100


own = Own("i", [1, 2])
own.extra = 3
print(own[0], list(own), own.tolist(), pickle.loads(pickle.dumps(own)).extra)


def sums(count):
    numbers = array("d", [0]) * 64
    marks = array("i", range(64))
    for turn in range(count):
        for at in range(64):
            numbers[at] = numbers[at] + marks[at] * 0.5
            marks[at] = (marks[at] + turn) % 7
        if turn == count // 2:
            # From here on the one is bytes.
            memoryview(numbers)[3] = 0.25
    return sum(numbers), sum(marks), numbers[3]


print(sums(120))
print(array("d", [float("nan"), float("inf"), -0.0, 1e-320, 1e300]), array("f", [1e10, 0.1]), array("q", [2**62, -(2**63)]))
