# test: run
# iter, next, the sequence protocol, sentinels, length hints.
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n

class Squares:
    def __getitem__(self, index):
        if index >= 4:
            raise IndexError
        return index * index

print(list(Countdown(3)), sum(Countdown(5)), 2 in Countdown(4), max(Countdown(4)), list(Squares()), 9 in Squares(), 5 in Squares(), tuple(iter(Squares())), [*Squares()], dict(enumerate(Squares())))
a, b, c = Countdown(3)
print(a, b, c, sorted(Countdown(3)), list(map(str, Squares())), list(zip(Squares(), "abcdef")))
values = iter([5, 3, 0, 9])
print(list(iter(lambda: next(values), 0)), next(values), next(values, None), next(iter([]), "default"))
for operation in (lambda: iter(5), lambda: next([1]), lambda: next(iter([])), lambda: [*5], lambda: list(Countdown)):
    try:
        operation()
    except (TypeError, StopIteration) as error:
        print(type(error).__name__, error)

class BadIter:
    def __iter__(self):
        return 5

class NoIter:
    __iter__ = None

for value in (BadIter(), NoIter()):
    try:
        list(value)
    except TypeError as error:
        print(error)
class Hinted:
    def __init__(self):
        self.count = 3
    def __iter__(self):
        return self
    def __next__(self):
        self.count -= 1
        if self.count < 0:
            raise StopIteration("value")
        return self.count
    def __length_hint__(self):
        return 1000
print(list(Hinted()), len(tuple(Hinted())))
class Late:
    def __iter__(self):
        yield from (1, 2)
        raise RuntimeError("late")
got = []
try:
    for x in Late():
        got.append(x)
except RuntimeError as error:
    print(got, error)
it = iter("ab")
print(iter(it) is it, list(it), list(it), type(iter([])).__name__, type(iter(())).__name__, type(iter({})).__name__, type(iter(range(1))).__name__, type(iter(set())).__name__)
