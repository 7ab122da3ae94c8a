# test: run
"""Loops over iterators whose `__next__` is Python code: items, ends, errors, what changes on the way."""

import sys

N = 300


class Down:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Inner(Down):
    """Ends because what it asks ends."""

    def __init__(self, items):
        self.items = iter(items)

    def __next__(self):
        return next(self.items) + 1


class Looping(Down):
    def __next__(self):
        for i in range(5):
            if i == self.n:
                raise StopIteration(i)
            self.n -= 1
            for j in range(6):
                if j == 4:
                    return self.n * j
        raise LookupError


class Failing(Down):
    def __next__(self):
        if self.n == 20:
            raise ValueError("at 20")
        return super().__next__()


class Stop(StopIteration):
    pass


class Special(Down):
    def __next__(self):
        try:
            return super().__next__()
        except StopIteration as stop:
            raise Stop(5) from stop


class Nested(Down):
    def __next__(self):
        total = 0
        for item in Down(self.n % 5):
            total += item
        return super().__next__() + total


class Defaulted(Down):
    def __next__(self, more=1):
        return super().__next__() + more


class Generating:
    def __next__(self):
        yield 1

    def __iter__(self):
        return self


class Depth(Down):
    def __next__(self):
        return sys._getframe(1).f_lineno * 0 + len(sys._getframe().f_code.co_name)  + super().__next__()


def digest(iterable):
    found = 0
    for item in iterable:
        found = (found * 31 + item) % 1000003
    return found


def caught(iterable):
    found = 0
    try:
        for item in iterable:
            found += item
        else:
            found += 1000
    except (ValueError, LookupError) as error:
        return found, repr(error)
    return found


for make in (lambda: Down(N), lambda: Inner(range(N)), lambda: Inner(Down(N)), lambda: Inner(Inner([1] * N)),
             lambda: Looping(N), lambda: Special(N), lambda: Nested(N), lambda: Defaulted(N), lambda: Depth(N),
             lambda: Failing(N), lambda: Failing(10), lambda: Inner(Failing(N)), lambda: Down(0)):
    shown = caught(make())
    for _ in range(30):
        shown = caught(make())
    print(shown, digest(make()) if isinstance(shown, int) else "", [n for n in Down(3)], sum(n for n in Down(9)))
    if isinstance(shown, int):
        assert list(make()) == [*make()] == sorted(make(), key=lambda n: 0) == [n for n in tuple(make())]
        assert set(make()) == {n for n in make()} and sum(make()) == sum([*make()])
        assert (any(make()), all(make())) == (any([*make()]), all([*make()]))
        assert max(make(), default=-1) == max([*make()], default=-1)

for _ in Generating():
    print(type(_).__name__)
    break


# A StopIteration out of the body, or of another frame, is none of the loop's.

def escapes(n):
    for item in Down(n):
        if item == 3:
            raise StopIteration("body")


for _ in range(N):
    try:
        escapes(10)
    except StopIteration as stop:
        found = stop.args, stop.__context__, len(str(stop.__traceback__.tb_next.tb_lineno))
print(found)


# The method changes while the loop runs.

def changing(n):
    total = 0
    for item in Down(n):
        total += item
        if item == n // 2:
            Down.__next__ = lambda self: plain(self) * 0 + 1
    Down.__next__ = plain
    return total


plain = Down.__next__
print([changing(N) for _ in range(5)])


# Made anew each time, within other loops; with handled exceptions around.

def many(n):
    total = 0
    for i in range(n):
        for item in Down(i % 4):
            for more in Down(item):
                total += more
        try:
            raise KeyError(i)
        except KeyError:
            for item in Down(3):
                total += item
            total += len(sys.exception().args)
    return total


print(many(N), many(N))


class Iterable:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i


for _ in range(N):
    found = (list(Iterable(4)), tuple(Iterable(3)), sum(Iterable(5)), max(Iterable(6)), sorted(Iterable(3), reverse=True),
             any(Iterable(1)), all(Iterable(0)), set(Iterable(2)))
print(*found)
