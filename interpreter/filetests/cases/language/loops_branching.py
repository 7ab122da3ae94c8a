# test: run
"""Loops that branch: what one branch leaves behind is not what the other does."""


class Cell:
    def __init__(self, value, other=None):
        self.value = value
        self.other = other

    def bump(self, by):
        self.value += by
        return self.value


def one_name_for_two(n):
    a = b = 0
    total = 0
    for i in range(n):
        total += a * 3 - b
        if i % 5 == 3:
            a, b = i, i + 1
        else:
            a = b = i
    return total, a, b


def moved_but_not_tested(n):
    before = last = None
    seen = 0
    for i in range(n):
        if i % 7 == 2:
            before = None
        elif i % 7 == 4:
            before = "text"
        else:
            before = last
            last = i
        if i % 50 == 49 and before is not None:
            seen += len(str(before))
    return seen, before, last


def ends_as_constants(n):
    state, count, kind = "idle", 0, 0
    for i in range(n):
        if state == "idle":
            count += 1
            state = "busy" if i % 3 else "idle"
            kind = 1
        elif state == "busy":
            count += 10
            state = "done" if i % 4 == 1 else 5
            kind = 1.5
        else:
            count += 100
            state = "idle"
            kind = None
    return state, count, kind


def objects_change(n):
    one, two = Cell(1), Cell(1000)
    current, rest = one, two
    total = 0
    for i in range(n):
        total += current.value
        rest.value -= 1
        current.value += 2
        total -= rest.value % 7
        if i % 6 == 5:
            current, rest = rest, current
        elif i % 11 == 7:
            rest = current
        elif i % 11 == 8:
            rest = two if current is one else one
    return total, one.value, two.value, current is one, rest is one


def kinds_change(n):
    x, y = 1, 2.5
    out = []
    for i in range(n):
        z = x + y
        if i % 9 == 8:
            x, y = y, x
        elif i % 9 == 4:
            x = int(x) % 100 + 1
        elif i % 20 == 13:
            y = 1 << 70
        elif i % 20 == 14:
            y = 0.5
        else:
            x = x + 1
        if i % 60 == 0:
            out.append(z)
    return out, x, y


def lists_change(n):
    lists = [[1, 2, 3], [4, 5], [6.5, 7.5, 8.5, 9.5], []]
    items = lists[0]
    total = 0
    for i in range(n):
        for item in items:
            total += item
        if i % 4 == 3:
            items = lists[i // 4 % 4]
        elif i % 10 == 6:
            items.append(i)
        elif len(items) > 4:
            items.pop(0)
    return total, lists


def takes(number, scale=2.0):
    return number * scale


def floats_and_words(n):
    x, y = 0.25, 3.0
    seen = []
    for i in range(n):
        if i % 3:
            y = takes(x) - y * 0.5
        else:
            x = takes(y, 0.125) + x / 2.0
        if i % 40 == 7:
            seen.append(x)
            x, y = y, x
    return seen, x, y


def inner_loops(n):
    hits = 0
    for i in range(n):
        x, steps = i, 0
        while x != 1 and steps < 60:
            if x % 2:
                x = 3 * x + 1
            elif x % 4 == 2:
                x //= 2
            else:
                x >>= 1
            if x % 5 == 4:
                hits += 1
                continue
            steps += 1
        hits += steps
    return hits


def handled(n):
    total, last = 0, None
    for i in range(n):
        try:
            if i % 5 == 2:
                raise KeyError(i)
            if i % 5 == 3:
                last = {}[i]
            total += i
        except KeyError as error:
            total -= error.args[0]
            last = error.args
        else:
            last = i
    return total, last


def many_values(n):
    a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
    k, m, p, q, r, s = 1.5, 2.5, 3.5, 4.5, 5.5, 6.5
    for i in range(n):
        if i % 3 == 0:
            a, b, c, d = b, c, d, a + i & 1023
            k, m = m, k + 0.25
        elif i % 3 == 1:
            e, f, g, h = h, e, f, g + a & 511
            p, q, r, s = q, r, s, p - 0.5
        else:
            a, h = h + b, a - c
            k, s = s * 0.5, k
    return a, b, c, d, e, f, g, h, k, m, p, q, r, s


def through_methods(n):
    cell, other = Cell(0), Cell(0.5)
    out = 0
    for i in range(n):
        if i % 4 == 1:
            out += cell.bump(i)
        elif i % 4 == 2:
            out -= other.bump(1)
            cell.other = other
        else:
            out += cell.other.value if cell.other else 1
        if i % 200 == 199:
            cell.bump = lambda by: by
        elif i % 200 == 50 and "bump" in cell.__dict__:
            del cell.bump
    return out, cell.value, other.value


def flags(n):
    bits = count = 0
    for i in range(n):
        bits = (bits << 1 | (i % 3 == 1) | (not i % 5)) & 0xFFFF
        count += i % 4 == 2
        count -= bits & (i % 2 == 0)
        if i % 100 == 60:
            count = bits ^ (count > 5)
    return bits, count, True + 1, 3 - True, False * 7, 1 << True, True | True, 6 ^ True


for function in (
    one_name_for_two,
    moved_but_not_tested,
    ends_as_constants,
    objects_change,
    kinds_change,
    lists_change,
    floats_and_words,
    inner_loops,
    handled,
    many_values,
    through_methods,
    flags,
):
    print(function.__name__, function(40), function(1500))
