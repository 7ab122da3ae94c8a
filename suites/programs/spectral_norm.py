"""Spectral norm of an infinite matrix, cut to size rows and columns.

The matrix A has the entries 1, 1/2, 1/3, … counted along its diagonals. Ten steps
of the power method with the transpose of A times A give the norm, as the Computer
Language Benchmarks Game asks for it: size 100 must give 1.274219991.
"""

from math import sqrt

import harness_protocol


def entry(row, column):
    diagonal = row + column
    return 1.0 / (diagonal * (diagonal + 1) // 2 + row + 1)


def times(vector):
    size = len(vector)
    return [
        sum(entry(row, column) * value for column, value in enumerate(vector))
        for row in range(size)
    ]


def transposed_times(vector):
    result = []
    for row in range(len(vector)):
        total = 0.0
        for column, value in enumerate(vector):
            total += entry(column, row) * value
        result.append(total)
    return result


def normal_times(vector):
    return transposed_times(times(vector))


def norm(size):
    u = [1.0] * size
    for _ in range(10):
        v = normal_times(u)
        u = normal_times(v)
    cross = square = 0.0
    for ue, ve in zip(u, v):
        cross += ue * ve
        square += ve * ve
    # From CPython 3.12 on, sum() of floats compensates for rounding; nine
    # decimals are what every interpreter agrees on.
    return f"{sqrt(cross / square):.9f}"


if __name__ == "__main__":
    harness_protocol.main("spectral_norm", version=1, size=150, iterate=norm)
