# test: run
# What is not a number, zeros of both signs and infinities where a hot loop has long seen others.
from math import sqrt
NAN, INF = float("nan"), float("inf")
def text(x):
    return "nan" if x != x else repr(x)
def lengths(points):
    total, odd = 0.0, []
    for x, y in points:
        length = sqrt(x * x + y * y)
        if length != length or length in (0.0, INF):
            odd.append(text(length))
        else:
            total += length
    return total, odd
def roots(values):
    out = []
    for value in values:
        try:
            out.append(sqrt(value))
        except ValueError as error:
            out.append(type(error).__name__)
    return [x if isinstance(x, str) else text(x) for x in out[-6:]]
def quotients(values):
    good, bad, other = 0, 0, []
    for value in values:
        try:
            q = 1.0 / value
        except ZeroDivisionError:
            bad += 1
            continue
        if q == q and q != 0.0:
            good += 1
        else:
            other.append(text(q))
    return good, bad, other
def compared(values, limit):
    counts = [0] * 6
    for value in values:
        if value < limit: counts[0] += 1
        if value <= limit: counts[1] += 1
        if value == limit: counts[2] += 1
        if value != limit: counts[3] += 1
        if value > limit: counts[4] += 1
        if value >= limit: counts[5] += 1
    return counts
# The value that the next round takes the root of comes from different operations by turns.
def turns(n):
    square, out = 4.0, []
    for i in range(n):
        try:
            root = sqrt(square)
        except ValueError:
            root = -1.0
        if i % 7 == 3:
            square = 1.0 - root
        elif i % 5 == 1:
            square = root * -0.0
        elif i % 11 == 9:
            square = NAN if i % 2 else INF
        else:
            square = root * root + 0.5
        if i > n - 12:
            out.append(text(root))
    return out
# Three operands: each of them is wanted again, by turns.
def rotated(n):
    a, b, c, d = 1.5, -2.25, 0.125, 3.0
    for i in range(n):
        a, b, c, d = b - a, a - b * c, c + d * 0.5 - a * 0.25, d - c / 4.0
        if abs(a) + abs(b) + abs(c) + abs(d) > 1e6:
            a, b, c, d = a / 1e6, b / 1e6, c / 1e6, d / 1e6
    return a, b, c, d
def folded(n):
    zero, total = 0.0, []
    for i in range(n):
        big = 1e308 * 10.0
        none = big - big
        if i > n - 3:
            total.append((text(none), big, zero * -1.0, 2.0 * zero * zero + i))
    return total
usual = [(i * 0.5, i - 3.5) for i in range(300)]
print(lengths(usual + [(NAN, 1.0), (0.0, -0.0), (INF, NAN), (1e200, 1e200), (3.0, 4.0), (-0.0, 0.0)] + usual))
print(roots([i * 0.25 for i in range(200)] + [NAN, INF, 0.0, -0.0, -1.0, -INF]))
print(roots([abs(i * 0.25) for i in range(200)] + [abs(-NAN), -1e-300, 2.0, -0.0]))
print(quotients([i + 0.5 for i in range(200)] + [0.0, NAN, INF, -0.0, -INF, 5e-324, 1e308] * 30))
for limit in (50.0, NAN, INF, -0.0):
    print(compared([float(i) for i in range(100)] + [NAN, INF, -INF, 0.0, -0.0] * 40, limit))
print(turns(400))
print(rotated(1000))
print(folded(300))
