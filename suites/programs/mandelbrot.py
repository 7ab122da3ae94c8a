"""Mandelbrot: the set on a square grid, packed eight points to the byte.

The Computer Language Benchmarks Game's task: the part of the plane from -1.5 - i
to 0.5 + i, fifty iterations a point, one bit a point. Size is the grid's side.
"""

import harness_protocol

LIMIT = 50


def escapes(cr, ci):
    """Whether the orbit of c leaves the circle of radius two within the limit."""
    zr = zi = square_r = square_i = 0.0
    for _ in range(LIMIT):
        zi = 2.0 * zr * zi + ci
        zr = square_r - square_i + cr
        square_r = zr * zr
        square_i = zi * zi
        if square_r + square_i > 4.0:
            return True
    return False


def row_bytes(y, size):
    ci = 2.0 * y / size - 1.0
    bits = 0
    for x in range(size):
        bits = bits << 1 | (not escapes(2.0 * x / size - 1.5, ci))
        if x % 8 == 7:
            yield bits
            bits = 0
    if size % 8:
        yield bits << (8 - size % 8)


def bitmap(size):
    picture = bytearray(b"P4\n%d %d\n" % (size, size))
    for y in range(size):
        picture.extend(row_bytes(y, size))
    return picture


if __name__ == "__main__":
    harness_protocol.main("mandelbrot", version=1, size=220, iterate=bitmap)
