# test: run
# Bytes and arrays of bytes in loops that are compiled: items, stores, appending, iterating, views.


def show(name, *values):
    print(name, *values)


def caught(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def counted(array, rounds):
    total = 0
    for number in range(rounds):
        at = number % len(array)
        array[at] = (array[at] + number) & 255
        total += array[at] + array[-1 - at] + array[-1]
    return total


def copied(source, target):
    for at in range(len(source)):
        target[at] = source[at]
        target[-1] = at & 127
    return bytes(target)


def two_that_may_be_one(one, other, rounds):
    seen = 0
    for number in range(rounds):
        before = one[number % 7]
        other[number % 7] = number & 255
        seen += one[number % 7] - before
    return seen


show("counted", counted(bytearray(100), 3000), counted(bytearray(b"abc"), 500))
show("copied", copied(bytes(range(200)), bytearray(300))[190:203])
show("apart", two_that_may_be_one(bytearray(7), bytearray(7), 1000))
same = bytearray(7)
show("one", two_that_may_be_one(same, same, 1000), same)


def put_all(array, values):
    done = 0
    for at, value in enumerate(values):
        array[at % len(array)] = value
        done += 1
    return done


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


array = bytearray(50)
show("put", put_all(array, [3] * 300 + [True, False] * 4 + [Index(9)]), array)
for wrong in (256, -1, 1 << 70, "a", 2.0, None, Index(256)):
    array = bytearray(50)
    show("wrong", caught(put_all, array, [5] * 300 + [wrong] + [7]), array[:3])


def past_the_end(array, rounds):
    total = 0
    for at in range(rounds):
        total += array[at]
    return total


def before_the_start(array, rounds):
    for at in range(1, rounds):
        array[-at] = 1


show("past", caught(past_the_end, bytearray(200), 201), caught(past_the_end, bytes(200), 201))
show("before", caught(before_the_start, bytearray(200), 202))


def appended(array, values):
    for value in values:
        array.append(value)
    return len(array), sum(array)


show("appended", appended(bytearray(), [number & 255 for number in range(1000)]))
for wrong in (256, -1, 1 << 70, "a", 2.0):
    array = bytearray(b"12")
    show("not appended", caught(appended, array, [1] * 300 + [wrong]), len(array))


def grown_while_viewed(rounds, viewed_at):
    array = bytearray()
    view = None
    for number in range(rounds):
        if number == viewed_at:
            view = memoryview(array)
        array.append(number & 255)
    return len(array), view


show("viewed", caught(grown_while_viewed, 400, 350))
show("not viewed", caught(grown_while_viewed, 400, 500)[0])


def through_a_view(array, rounds):
    view = memoryview(array)
    total = 0
    for number in range(rounds):
        before = array[3]
        view[3] = number & 255
        total += array[3] - before
    view.release()
    array.append(1)
    return total, len(array)


show("through", through_a_view(bytearray(8), 600))


def resized(rounds):
    array = bytearray(range(10))
    total = 0
    for number in range(rounds):
        total += array[5]
        if number % 3 == 0:
            array.insert(0, number & 255)
        elif number % 7 == 0:
            array[2:6] = b"zz"
        else:
            array[-1] = array[0]
    return total, len(array)


show("resized", resized(700))


def walked(array, limit):
    total = 0
    for byte in array:
        total += byte
        if len(array) < limit:
            array.append(byte ^ 1)
    return total


show("walked", walked(bytearray(b"abc" * 200), 0), walked(bytearray(b"abc"), 700))
shrinking = bytearray(range(250)) * 2
count = 0
for byte in shrinking:
    count += 1
    del shrinking[-1]
show("shrunk", count, len(shrinking))


class Bytes(bytearray):
    def __getitem__(self, at):
        return 1000 if at == 2 else super().__getitem__(at)

    def __setitem__(self, at, value):
        super().__setitem__(at, value + 1)


def of_a_subclass(array, rounds):
    total = 0
    for number in range(rounds):
        array[number % 5] = number & 127
        total += array[number % 5]
    return total


show("subclass", of_a_subclass(Bytes(5), 400), of_a_subclass(bytearray(5), 400))


def lengths(arrays):
    return sum(len(array) for array in arrays for _ in range(50))


show("lengths", lengths([bytearray(3), b"12", bytearray(9), "abc", [1]] * 5))


def numbers(count, last=None):
    for number in range(count):
        yield number & 255
    if last is not None:
        yield last
        show("asked for more after", type(last).__name__)


for kind in (bytes, bytearray, lambda items: bytearray(b"start").__iadd__(bytearray(items))):
    show("made", len(kind(numbers(1000))), sum(kind(numbers(1000))))
    show("made", kind(numbers(3, True)), kind(numbers(2, Index(7))))
    for wrong in (256, -1, 1 << 70, "a", None, 1.5, Index(300)):
        show("not made", caught(kind, numbers(300, wrong)))


def extended(array, items):
    try:
        array.extend(items)
    except Exception as error:
        return f"{type(error).__name__}: {error}", len(array)
    return len(array), sum(array)


show("extended", extended(bytearray(b"ab"), numbers(1000)))
for wrong in (256, -1, "a", None, Index(300)):
    show("not extended", extended(bytearray(b"ab"), numbers(300, wrong)))


def raises():
    yield 1
    raise ValueError("by the generator")


show("raised", caught(bytes, raises()), caught(bytearray, raises()), extended(bytearray(), raises()))
itself = bytearray(b"abc")
show("itself", extended(itself, (byte for byte in itself)))


def sieve(limit):
    marks = bytearray([1]) * (limit + 1)
    marks[0] = marks[1] = 0
    for number in range(2, int(limit**0.5) + 1):
        if marks[number]:
            for multiple in range(number * number, limit + 1, number):
                marks[multiple] = 0
    return sum(marks)


show("sieve", sieve(10000))


for text in (b"&'s", b'a"', b"\"a'b", b"", b"it's\n\x00\\"):
    show("printed", text, bytearray(text), str(bytearray(text)))
