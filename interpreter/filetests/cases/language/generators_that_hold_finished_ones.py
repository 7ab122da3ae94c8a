# test: run
"""A loop over a generator that goes on with one that it holds, as long as that gives anything, and goes on
without it afterwards."""


def inner(count, step):
    number = step
    for _ in range(count):
        yield number
        number += step


def outer(rounds, length):
    held = inner(length, 2)
    for turn in range(rounds):
        for number in held:
            yield number
            if number % 7 == 3:
                break
        yield -turn
        if turn % 5 == 4:
            held = inner(length, turn)


def drive(source, wanted):
    total = others = 0
    for number in source:
        if number % 3 == wanted:
            total += number
        else:
            others += 1
    return total, others


for length in (200, 3, 1, 0, 40):
    for wanted in (0, 7, 1):
        print(length, wanted, drive(outer(90, length), wanted))
