# test: run
"""Objects of classes with a metaclass, made in loops: by what `type` does, unless the metaclass or the
class says otherwise, and until it does."""

from abc import ABC, ABCMeta, abstractmethod
import contextlib


class Shape(ABC):
    def __init__(self, a, *rest, b=2):
        self.a, self.b = a, b + len(rest)

    @abstractmethod
    def area(self):
        ...


class Square(Shape):
    def area(self):
        return self.a * self.b


class Bare(metaclass=ABCMeta):
    pass


def areas(n):
    return sum(Square(i).area() + Square(i, 1, b=3).area() for i in range(n))


print(areas(400), len({id(one) for one in [Bare() for _ in range(300)]}))


def fails(f, n=300):
    texts = set()
    for i in range(n):
        try:
            f(i)
        except TypeError as error:
            texts.add(str(error))
    print(*sorted(texts))


fails(lambda i: Shape(i))
fails(lambda i: Square())
fails(lambda i: Square(i, c=1))
fails(lambda i: Bare(1))


class Counting(type):
    made = 0

    def __call__(cls, *args, **kwargs):
        Counting.made += 1
        return super().__call__(*args, **kwargs)


class Counted(metaclass=Counting):
    def __init__(self, x):
        self.x = x


print(sum(Counted(i).x for i in range(300)), Counting.made)


class Meta(type):
    pass


class Late(metaclass=Meta):
    def __init__(self, x):
        self.x = x


def late(n):
    found = []
    for i in range(n):
        if i == n // 2:
            Meta.__call__ = lambda cls, x: -x
        elif i == n - 20:
            del Meta.__call__
        elif i == n - 10:
            Late.__new__ = lambda cls, x: x * 1000
        made = Late(i)
        found.append(made.x if isinstance(made, Late) else made)
    return found


print(sum(late(400)), late(400)[-25:])


class Plain(metaclass=Meta):
    def __init__(self, x):
        self.x = x


def reclassed(n):
    found = 0
    for i in range(n):
        if i == n // 2:
            Plain.__class__ = Counting
        found += Plain(i).x
    return found, Counting.made


print(reclassed(400))


@contextlib.contextmanager
def entered(log, value):
    log.append(value)
    try:
        yield value * 2
    finally:
        log.append(-value)


def manage(n):
    log, total = [], 0
    for i in range(n):
        try:
            with entered(log, i) as twice:
                total += twice
                if i % 50 == 49:
                    raise ValueError(i)
        except ValueError as error:
            total += error.args[0]
    return total, sum(log), len(log)


print(manage(400))
