# test: run
# Comparisons, divisions and powers of integers and floats, mixed, at the edges of what a float holds.
import math

EDGES = [
    0, 1, -1, 2, 3, 7, -7, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**60 - 1, -(2**60), 2**70,
    0.0, -0.0, 0.5, -0.5, 1.0, 2.0, -2.0, 3.5, -7.25, float(2**53), float(2**60), 1e300, -1e300, 5e-324,
    math.inf, -math.inf, math.nan, True, False,
]


def attempt(function, *args):
    try:
        return repr(function(*args))
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error).__name__


def compared(a, b):
    held = []
    if a < b:
        held.append("<")
    if a <= b:
        held.append("<=")
    if a == b:
        held.append("==")
    if a != b:
        held.append("!=")
    if a > b:
        held.append(">")
    if a >= b:
        held.append(">=")
    return held, [a < b, a <= b, a == b, a != b, a > b, a >= b]


def divided(a, b):
    return a / b


def floored(a, b):
    return a // b


def rest(a, b):
    return a % b


def both(a, b):
    return divmod(a, b)


def power(a, b):
    return a**b


def digest(texts):
    total = 0
    for text in texts:
        for char in text:
            total = (total * 31 + ord(char)) % 1000000007
    return total


for function in compared, divided, floored, rest, both, power:
    texts = []
    for a in EDGES:
        for b in EDGES:
            if function is power and abs(b) > 64 and isinstance(a, int) and isinstance(b, int):
                continue
            text = attempt(function, a, b)
            # The sign of what is no number is nowhere said, and complex powers differ in the last digit.
            texts.append("complex" if "j" in text else text)
    print(function.__name__, len(texts), digest(texts))

for function in math.log, math.asin, math.acos, math.sqrt, math.exp:
    print(function.__name__, digest([attempt(function, a) for a in EDGES if a != 2**70]))
for function in math.atan2, math.pow:
    print(function.__name__, digest([attempt(function, a, b) for a in EDGES for b in EDGES]))


def hot(numbers, limit):
    """One loop that all kinds of numbers go through, one after the other."""
    below = squares = quotients = 0
    for number in numbers:
        for _ in range(40):
            if number < limit:
                below += 1
            if number == 3:
                below += 100
            squares += number**2
            quotients += number / 4 + number // 2 + number % 3
            limit += 0.25
    return below, squares, quotients


print(hot([1, 2, 3, 4], 2))
print(hot([1.5, 2.5, 3.0, -4.5], 2))
print(hot([1, 2.5, 3, -4.0, 2**53 + 1, 2**40], 10))
print(hot([-1e100, 1e-200, 3], 0))


def roots(count):
    total = 0.0
    for at in range(1, count):
        total += at ** 0.5 + (at + 0.5) ** -1.5 + math.log(at) + math.atan2(at, 3) + (at - 50.5) ** 2
    return total


print(roots(300))


def overflows(base):
    found = 0
    for exponent in range(1, 400):
        try:
            base**exponent
        except OverflowError:
            found += 1
    return found


print(overflows(10.0), overflows(-10.5), overflows(0.5))


def zero_divisions(numbers):
    found = []
    for number in numbers:
        for divide in (divided, floored, rest):
            try:
                divide(3, number)
            except ZeroDivisionError:
                found.append(number)
    return len(found), found[:9]


print(zero_divisions([1, 2.0, 0, 0.0, -0.0, 5] * 30))
