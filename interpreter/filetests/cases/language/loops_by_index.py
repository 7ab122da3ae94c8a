# test: run
# Loops over objects whose classes have __getitem__ alone.


class Words:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, at):
        return self.items[at]


class Wide(Words):
    def __len__(self):
        return 1000


class Stops:
    def __getitem__(self, at):
        if at == 3:
            raise StopIteration
        return at


class Fails:
    def __getitem__(self, at):
        if at == 4:
            raise ValueError("four")
        return at


class With:
    def __getitem__(self, at, more=2):
        if at == 5:
            raise IndexError
        return at * more


class Refuses(Words):
    __iter__ = None


def rounds(count):
    total = 0
    words = Words(list(range(5)))
    for i in range(count):
        for item in words:
            total += item
            if item == 3 and i % 5 == 0:
                break
        total += sum([item for item in Wide([1, 2, i])])
        total += max(item for item in words)
        for item in Stops():
            total += item
        for item in With():
            total += item
        try:
            for item in Fails():
                total += item
        except ValueError as error:
            total += len(str(error))
        first, *rest = words
        total += first + len(rest) + len(list(words)) + (4 in words)
    return total


print(rounds(200))


def growing(count):
    seen = []
    for i in range(count):
        words = Words([0])
        for item in words:
            if item < 4:
                words.items.append(item + 1)
            seen.append(item)
        words.items.append(9)
    return len(seen), seen[-5:]


print(growing(200))


def changing(count):
    seen = []
    words = Words([1, 2])
    for i in range(count):
        if i == count // 3:
            Words.__getitem__ = lambda self, at: [7, 8, 9][at]
        if i == count // 3 * 2:
            Words.__iter__ = lambda self: iter("ab")
        seen = [item for item in words]
        if i % (count // 3) == 1:
            print(seen)


changing(300)

try:
    for item in Refuses([1]):
        pass
except TypeError as error:
    print(error)
try:
    for item in object():
        pass
except TypeError as error:
    print(error)

iterator = iter(Stops())
print(type(iterator).__name__, list(iterator), list(iterator))
failing = iter(Fails())
for _ in range(2):
    try:
        print(list(failing))
    except ValueError as error:
        print(error)


def where():
    class Deep:
        def __getitem__(self, at):
            import sys

            if at == 2:
                raise IndexError
            return sys._getframe(1).f_code.co_name

    return [name for name in Deep()]


print(where())


def recursive(depth):
    class Nested:
        def __getitem__(self, at):
            if at == 2 or not depth:
                raise IndexError
            return recursive(depth - 1)

    return 1 + sum(item for item in Nested())


print(recursive(6))

backwards = type("Back", (Fails,), {"__len__": lambda self: 6})()
reverse = reversed(backwards)
print(next(reverse))
try:
    next(reverse)
except ValueError as error:
    print(error, list(reverse))


class Asks:
    def __getitem__(self, at):
        return (at, next(asked)) if at == 1 and not busy.append(1) and len(busy) < 3 else at


busy = []
asked = iter(Asks())
print([next(asked) for _ in range(4)])
