# test: run
"""Functions that come to their loops, and loops around loops: what lives there is a float, an
object or nothing any more, and what the loop relies on changes."""


def root(c, n):
    z, before = 0.0, None
    for i in range(n):
        before, z = z, z * z + c
    return z, before


def variables(n):
    """Variables that the loop does not want show what they were."""
    made = [n]
    text = str(n)
    made.append(text)
    left = n
    while left > 0:
        left -= 1
    return dict(sorted(locals().items()))


def raising(items, n):
    total, at = 0, -1
    held = [items]
    try:
        for at in range(n):
            total += items[at]
    except IndexError as error:
        return total, at, str(error), held is not None
    return total, at


def table(rows, columns):
    grid = []
    for y in range(rows):
        row, weight = [], 0.5
        for x in range(columns):
            weight = weight * 0.5 + x
            row.append(weight + y)
        grid.append(row[-1])
    return grid


def deep(n):
    found = 0
    for a in range(1, n):
        b = a
        while b < n:
            c = b
            while c < n:
                if a * a + b * b == c * c:
                    found += a
                c += 1
            b += 1
    return found


class Step:
    def __init__(self, by):
        self.by = by

    def of(self, value):
        return value + self.by


def walked(step, n):
    at = 0
    for i in range(n):
        if i > 30:
            at = step.of(at)
    return at


def relied_on(n):
    out, step = 0, Step(1)
    for k in range(n):
        if k % 300 == 299:
            Step.of = lambda self, value, k=k: value + self.by * k
        if k % 450 == 449:
            step = Step(0.5 + k)
        out += walked(step, 60 + k % 5) - walked(step, 50) + walked(step, 3) - walked(step, 31)
    return out


def handled(n):
    """Comes to its loop while it handles an exception."""
    out = []
    for k in range(n):
        try:
            raise KeyError(k)
        except KeyError as error:
            total = 0
            for i in range(30 + k % 3):
                total += i
            if k % 97 == 0:
                try:
                    raise ValueError(total)
                except ValueError as other:
                    out.append((total, other.__context__ is error))
    return out


def each(f, n):
    """Calls a function four times in each round, so that it is hot before this loop is."""
    out = []
    for k in range(0, n, 4):
        out += [f(k), f(k + 1), f(k + 2), f(k + 3)]
    return out


print(each(lambda k: root(0.25, 60 + k % 4), 800)[-3:])
print(each(lambda k: variables(40 + k % 3), 800)[-2:])
print(each(lambda k: raising([1, 2, 3] * 20, 58 + k % 5), 800)[-5:])
print(each(lambda k: table(3, 40 + k % 2)[2], 800)[-2:], each(lambda k: deep(9 + k % 5), 400)[-3:])
print(relied_on(1500))
print(handled(500))
