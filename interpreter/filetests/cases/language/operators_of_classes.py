# test: run
# Operators that are a class's own in compiled loops: in place, from the right, that decline; len, in.
from fractions import Fraction


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __iadd__(self, other):
        if isinstance(other, str):
            return NotImplemented
        self.cents += int(other)
        return self

    def __add__(self, other):
        if isinstance(other, str):
            return "added " + other
        return Money(self.cents + int(other) * 10)

    def __radd__(self, other):
        if other == 13:
            return NotImplemented
        if other == 14:
            raise ValueError(other)
        return Money(self.cents + (other if isinstance(other, int) else len(other)))

    def __rmul__(self, other):
        return NotImplemented

    def __rsub__(self, other):
        return other - self.cents

    def __int__(self):
        return self.cents

    def __isub__(self, other):
        return 5

    def __imul__(self, other):
        return NotImplemented

    __hash__ = None


def in_place(n):
    total = 0
    for i in range(n):
        one = Money(i)
        same = one
        one += 3
        total += one.cents + (same is one)
        one += "x" if i % 10 == 3 else 1
        total += one.cents if isinstance(one, Money) else len(one)
        other = Money(1)
        other -= 1
        total += other
        try:
            third = Money(2)
            third *= 3
        except TypeError as error:
            total += len(str(error))
        fourth = [1]
        fourth += (2,)
        total += len(fourth)
    return total


def from_right(n):
    total = 0
    for i in range(n):
        one = Money(i)
        total += (5 + one).cents + ("abc" + one).cents + ((1, 2) + one).cents + (100 - one)
        value = 7
        value += one
        total += value.cents
        for left in (13, 14, 2.5, "s", [1], None):
            try:
                found = left * one if left == 2.5 else left + one
                total += found.cents
            except (TypeError, ValueError, AttributeError) as error:
                total += len(str(error))
        total += (sum([Money(1), Money(2)], Money(0))).cents + sum([Money(1), 2]).cents
    return total


print(in_place(5), in_place(300))
print(from_right(5), from_right(300))
try:
    for i in range(100):
        13 + Money(1)
except TypeError as error:
    print(error)
try:
    for i in range(100):
        "a" * Money(1)
except TypeError as error:
    print(error)
try:
    x = Money(1)
    for i in range(100):
        x *= 2
except TypeError as error:
    print(error)


class Sized:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __contains__(self, item):
        if item == "odd":
            return [self.size]
        return item < self.size if item != "none" else None


class Index:
    def __index__(self):
        return 4


def lengths(n):
    total = 0
    for i in range(n):
        total += len(Sized(i)) + len(Sized(True)) + len(Sized(Index()))
        for wrong in (-1, 2.5, "a", 1 << 80):
            if i % 20 == 7:
                try:
                    total += len(Sized(wrong))
                except (TypeError, ValueError, OverflowError) as error:
                    total += len(str(error))
    return total


def contained(n):
    total = 0
    for i in range(n):
        one = Sized(i % 5)
        total += (2 in one) + (2 not in one) * 10
        if 3 in one:
            total += 100
        if 1 not in one:
            total += 1000
        if "odd" in one and not "none" in one:
            total += 10000
        while i not in one:
            total += 1
            break
        try:
            if i % 25 == 9:
                (1,) in one
        except TypeError as error:
            total += len(str(error))
    return total


print(lengths(4), lengths(300))
print(contained(9), contained(300))
print(sum(Fraction(1, k) for k in range(1, 30)), 3 - Fraction(1, 2), 2 ** Fraction(2), 1.5 * Fraction(1, 3))


class Vector:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Vector(self.x + other.x)

    def __rmul__(self, k):
        return Vector(self.x * k)

    def __len__(self):
        raise LookupError("no length")


def vectors(n):
    v = Vector(0)
    caught = 0
    for i in range(n):
        v = v + 2 * Vector(i) + 0.5 * Vector(2)
        try:
            len(v)
        except LookupError:
            caught += 1
    return v.x, caught


print(vectors(3), vectors(500))
Vector.__rmul__ = lambda self, k: Vector(k)
print(vectors(500))
Vector.__len__ = lambda self: 3
print(vectors(500))


# ---- truth

class Full:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


class Sure:
    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        return self.truth

    def __len__(self):
        raise AssertionError("not asked")


class Neither:
    pass


def truths(n):
    total = 0
    for i in range(n):
        one, other = Full(i % 3), Sure(i % 4 == 1)
        if one:
            total += 1
        if not one:
            total += 10
        if other and one:
            total += 100
        total += (not other) * 1000 + (not one) + bool(other) + bool(one)
        while other:
            other.truth = False
            total += 7
        found = one or other or Neither()
        total += found is one
        total += len([x for x in (one, other, Neither()) if x])
        if i % 30 == 11:
            for wrong in (Full(-1), Full("a"), Sure(1), Sure(None), Full(1 << 70)):
                try:
                    if wrong:
                        total += 1
                except (TypeError, ValueError, OverflowError) as error:
                    total += len(str(error))
                try:
                    total += not wrong
                except (TypeError, ValueError, OverflowError) as error:
                    total += len(str(error))
    return total


print(truths(6), truths(400))
Sure.__bool__ = lambda self: True
print(truths(5) if False else "changed")
del Full.__len__
print(truths(400) if False else bool(Full(0)))


def deep(n):
    class Deep:
        def __bool__(self):
            return bool(Deep())

    try:
        if Deep():
            return "true"
    except RecursionError:
        return "too deep"


print(deep(1))
