# test: run
"""Variables that are exchanged in a loop and have their first values again where it is left."""


def exchange(rounds):
    a, b, parts = 1, 1 << 60, (0, -1)
    for _ in range(rounds):
        for _ in range(8):
            if type(parts) in (str, list, tuple, bytes):
                parts = parts[:24]
            b, a = a, b
    return a, b


def three(rounds, x, y, z):
    seen = ("x", ["y"], {"z"})
    for _ in range(rounds):
        for item in (1, 2, 3):
            if x in seen or item in seen:
                x, y, z = y, z, x
            else:
                x, y, z = y, z, x
    return x, y, z


for rounds in (2, 3, 4, 5, 6, 7, 8, 9, 40, 41, 400, 401):
    print(rounds, exchange(rounds), three(rounds, "x", "y", "z"))
