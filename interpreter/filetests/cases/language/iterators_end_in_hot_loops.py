# test: run
# Iterators that are made and used up in hot loops: what is left in them afterwards, ends in
# different places, and what changes below an iterator.


def zipped(rounds):
    total = 0
    left, right = [1, 2, 3], (4, 5)
    for number in range(rounds):
        for one, other in zip(left, right):
            total += one * other
        for one, other, third in zip(right, left, range(number % 4)):
            total += one + other + third
    return total


print(zipped(2000))


def leftovers(rounds):
    seen = {}
    for number in range(rounds):
        first, second = iter(range(number % 4)), iter([7, 8])
        pairs = list(zip(first, second))
        both = zip(first, second)
        for _ in both:
            pairs.append("never")
        rest = tuple(first), tuple(second), tuple(both)
        seen[len(pairs), rest] = seen.get((len(pairs), rest), 0) + 1
    return sorted(seen.items())


print(leftovers(2000))


def walked(rounds):
    seen = {}
    for number in range(rounds):
        first, second = iter([1, 2, 3][: number % 4]), iter((7, 8))
        count = 0
        for _ in zip(first, second):
            count += 1
        rest = count, next(first, None), next(second, None)
        seen[rest] = seen.get(rest, 0) + 1
    return sorted(seen.items(), key=repr)


print(walked(2000))


def twice(rounds):
    total = 0
    for number in range(rounds):
        source = iter([1, 2, 3, 4, 5])
        for one, other in zip(source, source):
            total += one * other
        total += next(source, 100)
    return total


print(twice(1500))


def strict(rounds):
    messages = {}
    for number in range(rounds):
        try:
            for _ in zip((1, 2), [1, 2, 3][: number % 4], strict=True):
                pass
        except ValueError as error:
            messages[str(error)] = messages.get(str(error), 0) + 1
    return messages


print(strict(1600))


def counted(rounds):
    total = 0
    items = ["a", "b", "c"]
    for number in range(rounds):
        for at, item in enumerate(items, number):
            total += at if item != "b" else -at
        for at, (one, other) in enumerate(zip(items, items)):
            total += at * (one == other)
        total += sum(at for at, _ in enumerate("xy"))
    return total


print(counted(1500))
try:
    for at, _ in enumerate([1], 1.5):
        pass
except TypeError as error:
    print(error)
print([at for at, _ in enumerate("ab", 2**70)])


def yields(limit):
    for number in range(limit):
        yield number


def over_generators(rounds):
    total = 0
    for number in range(rounds):
        source = yields(3)
        for one, other in zip([10, 20, 30, 40], source):
            total += one * other
        for at, one in enumerate(yields(number % 3)):
            total += at * one
    return total


print(over_generators(1500))


def growing(rounds):
    total = 0
    for number in range(rounds):
        items = [1]
        for item in items:
            if len(items) < number % 5:
                items.append(item + 1)
            total += item
        walker = iter(items)
        for item in walker:
            pass
        items.append(99)
        total += next(walker, 0)
    return total


print(growing(2000))


def over_dicts(rounds):
    total, told = 0, 0
    for number in range(rounds):
        table = {1: 2, 3: 4}
        if number % 7 == 0:
            del table[3]
        for key in table:
            total += key
        for value in table.values():
            total += value
        for key, value in table.items():
            total += key * value
        keys = iter(table)
        for key in keys:
            pass
        total += next(keys, 5)
        try:
            for key in table:
                if number % 11 == 0:
                    table[key + 10] = 0
        except RuntimeError as error:
            told += str(error) == "dictionary changed size during iteration"
    return total, told


print(over_dicts(2200))


def backwards(rounds):
    total = 0
    items = [1, 2, 3]
    for number in range(rounds):
        for item in reversed(items):
            total = (total * 3 + item) % 1000003
        walker = reversed(items)
        for item in walker:
            if item == number % 4:
                break
        total += next(walker, 50)
    return total


print(backwards(2000))


def texts(rounds):
    total = 0
    for number in range(rounds):
        for char in "xyz"[: number % 4]:
            total += ord(char)
        for char in "\u0100\u0101":
            total += ord(char)
    return total


print(texts(1200))
