# test: run
"""`int` of floats that grow out of a word, or shrink out of it, in the middle of a loop: what is known
to be a float may be in a box when the loop is looked at."""


def growing(number, factor, count):
    rests = []
    for _ in range(count):
        number *= factor
        rests.append(int(number) % 1000000007)
    return rests


def shrinking(number, count):
    wholes = []
    for _ in range(count):
        number /= 4294967296.0
        wholes.append(int(number))
        wholes.append(int(-number))
    return wholes


def infinite(number, count):
    for at in range(count):
        number *= 1e100
        try:
            int(number)
        except OverflowError as error:
            return at, str(error)


for _ in range(3):
    print(growing(1152921504606846976.0, -1152921504606846976.0, 5))
    print(growing(3.0, -65536.5, 40))
    print(shrinking(1e40, 20))
    print(shrinking(-1e300, 40)[-6:])
    print(infinite(1.5, 10), infinite(-2.5, 10))
