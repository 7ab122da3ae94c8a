"""Fannkuch: pancake flips over all permutations.

For each permutation of 1..n: while the first number is not 1, reverse as many
leading numbers as it says. Reports the greatest number of flips and a checksum
of flip counts with alternating sign, as the Computer Language Benchmarks Game
asks for it. Size is n; n = 7 must give the checksum 228 and 16 flips.
"""

import harness_protocol


def flips_of(permutation):
    """Number of flips until the first element is 0 (elements count from 0)."""
    pancakes = permutation[:]
    flips = 0
    first = pancakes[0]
    while first:
        pancakes[: first + 1] = pancakes[first::-1]
        first = pancakes[0]
        flips += 1
    return flips


def fannkuch(n):
    permutation = list(range(n))
    counts = [0] * n
    checksum = 0
    most = 0
    sign = 1
    while True:
        if permutation[0]:
            flips = flips_of(permutation)
            if flips > most:
                most = flips
            checksum += sign * flips
        # The next permutation: swap the first two, or rotate longer prefixes
        # until one whose counter has not run full.
        if sign == 1:
            permutation[0], permutation[1] = permutation[1], permutation[0]
            sign = -1
            continue
        sign = 1
        permutation[1], permutation[2] = permutation[2], permutation[1]
        place = 2
        while counts[place] == place:
            counts[place] = 0
            place += 1
            if place == n:
                return checksum, most
            permutation.insert(place, permutation.pop(0))
        counts[place] += 1


def run(n):
    if n < 3:
        raise ValueError("fannkuch needs a size of at least 3")
    return fannkuch(n)


if __name__ == "__main__":
    harness_protocol.main("fannkuch", version=1, size=9, iterate=run)
