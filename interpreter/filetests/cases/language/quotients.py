# test: run
# Three quotients of one divisor in hot loops: of extreme floats, changed between the divisions, by zero, with
# integers among them; and functions of angles that were integers.

import math


class Point:
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def scale(self, by):
        self.x /= by
        self.y /= by
        self.z /= by

    def show(self):
        return f"{self.x!r} {self.y!r} {self.z!r}"


FLOATS = [1.0, -3.5, 1e308, 5e-324, 1e-310, -0.0, math.inf, -math.inf, 0.1, 7.0]


def scaled(rounds):
    last = []
    for number in range(rounds):
        point = Point(*(FLOATS[(number + at) % len(FLOATS)] for at in range(3)))
        point.scale(FLOATS[number // 7 % 5])
        last.append(point.show())
    return last[-40:]


def unit(values):
    """The dividends are there, as they are what the divisor is made of."""
    shown = []
    for x, y, z in values:
        size = math.sqrt(x * x + y * y + z * z)
        try:
            x /= size
            if x > 0.99:
                shown.append((x, y, z, size))
                continue
            y /= size
            z /= size
        except ZeroDivisionError:
            x, y, z = z, x, y
        shown.append((x, y, z))
    return shown[-12:], len(shown)


def in_turn(x, y, z, rounds):
    """The second dividend depends on the first quotient, so it is not there yet."""
    for _ in range(rounds):
        by = x * x + y * y + z * z
        x = x / by + 1.0
        y = (y + x) / by
        z = z / by - y
    return x, y, z


def apart(values, by):
    """The loop is left between the divisions."""
    total = 0.0
    for x, y, z in values:
        a = x / by
        if a > 40.0:
            return total, "left", a
        b = y / by
        c = z / by
        total += a * b - c
    return total, "done", None


def zero(values):
    caught = 0
    total = 0.0
    for x, y, z, by in values:
        try:
            total += x / by
            total += y / by
            total += z / by
        except ZeroDivisionError as error:
            caught += 1
            message = type(error).__name__
    return total, caught, message


def mixed(rounds):
    total = 0.0
    for number in range(rounds):
        by = 3 if number % 100 < 90 else 2.5
        x, y, z = number, number + 0.5, -number
        total += x / by + y / by + z / by
    return total


def angles(rounds):
    total = 0.0
    for number in range(-rounds, rounds):
        angle = float(number * 12345678901)
        total += math.sin(angle) * math.cos(number / 4) + math.atan(-angle)
    return f"{total:.7f}"


print("\n".join(scaled(600)))
print(unit([tuple(FLOATS[(n * k + k) % 10] for k in (1, 3, 7)) for n in range(900)]))
print(unit([(n / 7, 2.0 - n, n * n / 90) for n in range(900)]))
print(unit([(0.5 - n, n / 9, 1.25)[:: 1 - n % 2 * 2] if n % 97 else (0.0, 0.0, -0.0) for n in range(900)]))
print(in_turn(0.5, 0.25, 2.0, 3000))
print(apart([(n, n + 1.5, n - 0.5) for n in range(900)], 25.0))
print(apart([(n + 0.25, n + 1.5, n - 0.5) for n in range(1900)], 25.0))
print(zero([(1.0, 2.0, 3.0, float(n % 50)) for n in range(1500)]))
print(mixed(2000))
print(angles(800))
for bad in (math.inf, -math.inf, math.nan):
    for function in (math.sin, math.cos, math.tan):
        try:
            print(function(bad))
        except ValueError as error:
            print(type(error).__name__, bad)
