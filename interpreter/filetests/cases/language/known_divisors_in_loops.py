# test: run
# Quotients and rests by numbers that are known when a loop is compiled.
EDGE = 1 << 60


def by_three(numbers):
    quotients = rests = 0
    for number in numbers:
        quotients ^= number // 3
        rests += number % 3
    return quotients, rests


def by_many(numbers):
    found = []
    for number in numbers:
        found.append(
            (number // 7, number % 7, number // 10, number % 10, number // 614125 % 85, divmod(number, 1000),
             number % 86400 // 60, number // 1152921504606846975, number % 1152921504606846975,
             number // 576460752303423489, number // -7, number % -7, number // 1, number % 16)
        )
    return found


def only_one(numbers):
    """One of the two is wanted, or neither, or the dividend is needed no more."""
    total = 0
    for number in numbers:
        number //= 11
        number % 13
        total += number
        number %= 17
        total ^= number
    return total


def digits(number):
    text = ""
    while number:
        number, digit = number // 10, number % 10
        text = "0123456789"[digit] + text
    return text


numbers = [sign * (base + off) for base in (0, 3, 21, 1000, 1 << 31, 1 << 40, 1 << 59, EDGE - 4)
           for off in range(4) for sign in (1, -1)] + [-EDGE]
for _ in range(60):
    last = by_three(numbers), by_many(numbers), only_one(numbers)
print(last[0], last[2])
for number, row in zip(numbers, last[1]):
    print(number, row)
    assert row[0] * 7 + row[1] == number and 0 <= row[1] < 7
print(digits(EDGE - 1), digits(1 << 40))
# Beyond what is small, and of other kinds.
for more in ([EDGE, -EDGE - 1], [True, False], [1 << 70, -(1 << 70)]):
    print(by_three(more), only_one(more))
