# test: bytecode
def count(n):
    i = 0
    while i < n:
        if i % 7 == 3 or not i:
            i += 2
            continue
        elif n is None:
            break
        i = i + 1
    else:
        n = -1
    return i


def pairs(items):
    for a, b in items:
        for c in [1, 2, 3]:
            if a in (b, c) or c not in [4, 5]:
                return a
    while True:
        pass
