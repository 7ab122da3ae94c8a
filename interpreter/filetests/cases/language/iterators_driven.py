# test: run
# zip, enumerate, map and filter over generators and Python functions: in loops, consumed by
# builtins, left early, asked again after their end or after an exception, and by themselves.
import traceback


def count(n, log=None):
    for at in range(n):
        if log is not None:
            log.append(at)
        yield at
    if log is not None:
        log.append("end")


def squares(n):
    at = 0
    while at < n:
        yield at * at
        at += 1


def zipped(rounds):
    total = 0
    for _ in range(rounds):
        for one, two in zip(range(7), squares(9)):
            total += one * two
        for one, two in zip(squares(9), "abcde"):
            total += one + ord(two)
        for pair in zip([1, 2, 3], count(3)):
            total += sum(pair)
        for one, two, three in zip(count(4), [1.5] * 3, squares(5)):
            total += one * two + three
        total += len(list(zip(count(3), count(2))))
    return total


print(zipped(60))


def logs():
    left, right = [], []
    pairs = list(zip(count(3, left), count(2, right)))
    print(pairs, left, right)
    left, right = [], []
    for pair in zip(count(5, left), count(5, right)):
        if pair[0] == 2:
            break
    print(left, right)


for _ in range(2):
    logs()


def numbered(rounds):
    total = 0
    for n in range(rounds):
        for at, item in enumerate(squares(6)):
            total += at * item
        for at, item in enumerate(count(4), n):
            total += at - item
        for at, item in enumerate(count(2), start=-1):
            total += at
        total += sum(at for at, item in enumerate(count(3), 1 << 70)) >> 70
    return total


print(numbered(60))


def double(x):
    return x * 2


def mapped(rounds):
    total = 0
    for n in range(rounds):
        for item in map(double, range(8)):
            total += item
        for item in map(lambda a, b: a - b * n, range(5), squares(9)):
            total += item
        total += sum(map(double, [1, 2.5, n]))
        total += len(list(map(double, "abc"))) + len("".join(map(double, "xy")))
        total += max(map(lambda x: -x, range(1, 4)))
        total += any(map(lambda x: x > 3, range(5))) + all(map(lambda x: x > 3, range(5)))
        first, *rest = map(double, count(3))
        total += first + len(rest)
    return total


print(mapped(60))


def filtered(rounds):
    total = 0
    for n in range(rounds):
        for item in filter(lambda x: x % 3, range(10)):
            total += item
        for item in filter(None, [0, 1, "", "a"]):
            total += len(str(item))
        total += sum(filter(lambda x: x & n, squares(6)))
        total += len(set(filter(lambda x: [] if x % 2 else [x], count(9))))
    return total


print(filtered(60))


def failing(x):
    if x % 4 == 3:
        raise ValueError(x)
    return x + 1


def goes_on(rounds):
    seen = []
    for n in range(rounds):
        items = map(failing, range(n % 9))
        while True:
            try:
                for item in items:
                    seen.append(item)
                break
            except ValueError as error:
                seen.append(-error.args[0])
        seen.extend(items)
    return len(seen), sum(seen)


print(goes_on(60))


def broken(n):
    yield n
    raise KeyError(n)


def breaks(rounds):
    caught = total = 0
    for n in range(rounds):
        try:
            for one, two in zip(range(5), broken(n)):
                total += one + two
        except KeyError as error:
            caught += error.args[0]
        try:
            for at, item in enumerate(broken(n)):
                total += at + item
        except KeyError as error:
            caught += error.args[0]
    return caught, total


print(breaks(60))


def trace():
    try:
        for one, two in zip(range(5), broken(1)):
            pass
    except KeyError:
        lines = traceback.format_exc().splitlines()
        print([line.split(", in ")[-1] for line in lines if ", in " in line])
    try:
        list(map(failing, range(5)))
    except ValueError:
        lines = traceback.format_exc().splitlines()
        print([line.split(", in ")[-1] for line in lines if ", in " in line])


for _ in range(2):
    trace()


def again():
    items = map(double, [1, 2])
    print(list(items), next(items, "end"), list(items))
    pairs = zip(count(2), iter([5, 6, 7]))
    print(next(pairs), next(pairs), next(pairs, "end"), next(pairs, "end"))
    numbers = enumerate(count(1))
    print(next(numbers), next(numbers, "end"), next(numbers, "end"))
    source = [1, 2]
    rest = iter(source)
    some = filter(lambda x: x > 1, rest)
    print(next(some), next(some, "end"), type(some).__name__, iter(some) is some)


for _ in range(3):
    again()


def inside():
    # Functions and generators that ask the iterator which asks them.
    def asks(x):
        if x == 1:
            return x, next(items)
        return x

    items = map(asks, range(5))
    print(list(items))

    def generator():
        yield 1
        try:
            yield next(pairs)
        except ValueError as error:
            yield str(error)
        yield 3

    pairs = zip("abcde", generator())
    print(list(pairs))


for _ in range(3):
    inside()


def handling():
    # What is being handled where the iterator is asked.
    import sys

    def current(x):
        return type(sys.exception()).__name__

    try:
        raise ValueError
    except ValueError:
        print(list(map(current, range(2))), list(zip((current(x) for x in range(2)), "ab")))
    print([name for name in map(current, range(2))])


handling()


class Numbers:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        while True:
            for bit in (self.n & 1, self.n & 2, self.n & 4):
                yield bit
            self.n = (self.n * 5 + 3) % 64

    def mixed(self, message):
        return bytes([one ^ two for one, two in zip(message, self)])


def ciphers(rounds):
    message = b"some bytes to be mixed with others " * 9
    for n in range(rounds):
        mixed = Numbers(n).mixed(message)
        assert Numbers(n).mixed(mixed) == message
    return mixed[:40].hex()


print(ciphers(30))


class Zip(zip):
    pass


print([pair for pair in Zip(count(2), "ab")], list(zip(count(2), "ab", strict=True)))
try:
    list(zip(count(3), "ab", strict=True))
except ValueError as error:
    print(error)


def nested(rounds):
    total = 0
    for n in range(rounds):
        for (a, b), c in zip(zip(count(4), squares(4)), map(double, count(9))):
            total += a * b + c
        for at, item in enumerate(map(double, filter(lambda x: x % 2, count(9)))):
            total += at * item
    return total


print(nested(80))


def asked_elsewhere(rounds):
    # An iterator that is begun by a loop and ended by others.
    found = []
    for n in range(rounds):
        pairs = zip(count(6), squares(8))
        for pair in pairs:
            if pair[0] == n % 4:
                break
        found.append((next(pairs), len(list(pairs)), list(pairs)))
    return found[-3:]


print(asked_elsewhere(70))
