"""Pidigits: digits of pi from a stream of exact fractions.

Gibbons' unbounded spigot: compose linear fractional transformations of Leibniz'
kind until the integer part of the image is certain, emit it, go on. Nearly all
time goes into arithmetic of big integers. Size is the number of digits.
"""

import harness_protocol


def compose(one, two):
    a, b, c, d = one
    e, f, g, h = two
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def extract(transform, value):
    a, b, c, d = transform
    return (a * value + b) // (c * value + d)


def digits():
    """The decimal digits of pi, without end."""
    state = (1, 0, 0, 1)
    number = 0
    while True:
        digit = extract(state, 3)
        while digit != extract(state, 4):
            number += 1
            state = compose(state, (number, 4 * number + 2, 0, 2 * number + 1))
            digit = extract(state, 3)
        yield digit
        state = compose((10, -10 * digit, 0, 1), state)


def spell(count):
    stream = digits()
    return "".join([str(next(stream)) for _ in range(count)])


if __name__ == "__main__":
    harness_protocol.main("pidigits", version=1, size=1600, iterate=spell)
