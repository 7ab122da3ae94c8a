# test: run
"""Functions with a cache, called often: results, counts, errors, keys of all sorts."""

from functools import cache, lru_cache

N = 300


@cache
def square(n):
    return n * n


@lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@cache
def joined(a, b="-"):
    return f"{a}{b}"


@lru_cache(maxsize=None, typed=True)
def typed(n):
    return type(n).__name__


@lru_cache(maxsize=16)
def bounded(n):
    return n + 1


@cache
def failing(n):
    if n % 7 == 3:
        raise ValueError(n)
    return n


@cache
def clearing(n):
    if n == 200:
        clearing.cache_clear()
    return n


@cache
def looping(n):
    total = 0
    for i in range(n % 20):
        total += i
    return total


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__


total = 0
for i in range(N):
    total += square(i % 50) + square(i) + fibonacci(i % 90) + bounded(i % 20) + looping(i) + clearing(i)
print(total, square.cache_info(), fibonacci.cache_info(), bounded.cache_info(), looping.cache_info(), clearing.cache_info())

texts = []
for i in range(N):
    texts.append(joined(i % 10, "x") + joined("a", i % 3) + joined(i % 4) + joined(.5, i % 5) + joined(b="k", a=i % 2))
print(texts[-1], joined.cache_info(), len(set(texts)))

found = [attempt(failing, i % 40) for i in range(N)]
print(found[:12], failing.cache_info())
print([typed(n) for n in (1, True, 1.0, "1", 1)], typed.cache_info())


def mixed():
    found = []
    for i in range(N):
        for key in (1, 1.0, True, "1", None, (1, 2), 2 ** 70, 3 + i % 2):
            found.append(attempt(square, key))
        found.append(attempt(square, [i]))
        found.append(attempt(joined, 1, [i]))
        found.append(attempt(joined))
        found.append(attempt(joined, 1, 2, 3))
    return found


found = mixed()
print(found[-12:], square.cache_info())
square.cache_clear()
print(square(3), square.cache_info(), square.__wrapped__(5), square.cache_parameters())


class Counter:
    @cache
    def of(self, n):
        return n * 2

    @staticmethod
    @cache
    def at(n):
        return n * 3


counter = Counter()
print(sum(counter.of(i % 30) + counter.at(i % 30) for i in range(N)), Counter.of.cache_info(), Counter.at.cache_info())


@cache
def deep(n):
    return 0 if n == 0 else deep(n - 1) + 1


for i in range(0, 400, 50):
    deep(i)
print(deep(400), deep.cache_info())


def fresh(n):
    @cache
    def inner(k):
        return k + n
    return sum(inner(k % 5) for k in range(20)), inner.cache_info().hits


print([fresh(i) for i in range(60)][-2:])
try:
    failing(703)
except ValueError as error:
    names, entry = [], error.__traceback__
    while entry:
        names.append(entry.tb_frame.f_code.co_name)
        entry = entry.tb_next
    print(names)
