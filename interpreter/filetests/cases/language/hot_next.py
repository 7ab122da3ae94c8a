# test: run
"""`next` of generators, with a default and without, in loops."""


def first(items, least):
    return next((item for item in items if item > least), None)


def loop(n):
    found, items = [], [1, 2, 3, 4]
    for i in range(n):
        found.append(first(items, i % 6))
    return found.count(None), sum(item for item in found if item)


print(loop(600))


def numbers(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("closed", n)
    return "value"


def taken(n):
    walk, total = numbers(n), 0
    while (item := next(walk, -1)) != -1:
        total += item
    return total, next(walk, "over"), next(walk, None)


print(taken(500))


def without(n):
    walk, total = numbers(n), 0
    try:
        while True:
            total += next(walk)
    except StopIteration as stop:
        return total, stop.value


print(without(400))


def part(n):
    walk, total = numbers(n), 0
    for i in range(n // 2):
        total += next(walk, None) + next(walk)
    walk.close()
    return total, next(walk, "closed")


print(part(300))


def failing(at):
    for i in range(1000):
        if i == at:
            raise ValueError(at)
        yield i


def fails(at):
    walk, total = failing(at), 0
    try:
        while True:
            total += next(walk, 0)
    except ValueError as error:
        return total, str(error), next(walk, "finished")


print([fails(at) for at in (0, 10, 300, 301)])


def itself():
    yield 1
    try:
        next(walk, 5)
    except ValueError as error:
        yield str(error)


for _ in range(100):
    walk = itself()
    result = list(walk)
print(result)


def mapped(n):
    walk = map(lambda x: x * 2, (x for x in range(n)))
    return sum(iter(lambda: next(walk, None), None))


print(mapped(300), next(iter([]), "empty"), next(zip(range(0), "a"), 7))
for wrong in (lambda: next((x for x in ()), 1, 2), lambda: next((x for x in ()), default=1),
              lambda: next([], 1)):
    try:
        print(wrong())
    except TypeError as error:
        print(error)
