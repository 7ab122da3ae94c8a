# test: run
"""A StopIteration out of what `map` and `filter` call ends them as iterators; a generator it does not."""


def stops(n):
    if n % 50 == 40:
        raise StopIteration
    return n


def loop(iterator):
    total = 0
    for item in iterator:
        total += item
    return total


for _ in range(200):
    numbers = map(stops, range(100))
    first, second, third = loop(numbers), loop(numbers), loop(numbers)
print(first, second, third)
print(sum(map(stops, range(100))), list(filter(stops, range(100)))[-1], sum(zip(map(stops, range(100)), "ab"), ())[:3])
print(next(map(stops, [40]), "end"))
numbers = map(stops, range(39, 45))
print(next(numbers))
try:
    next(numbers)
except StopIteration:
    print("stopped", next(numbers))
try:
    print(loop(stops(n) for n in range(100)))
except RuntimeError as error:
    print(error)
