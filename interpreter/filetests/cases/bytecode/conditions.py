# test: bytecode
def truth(a, b, c):
    if a and (b or not c):
        return 1
    if 0 < a <= b < 10:
        return 2
    if a is not None and b is not c:
        return 3
    x = a or b and c
    y = a < b < c
    z = not (a in b)
    return x if y else z


def never(a):
    if __debug__:
        a = 1
    if 0:
        a = missing
    if not ():
        return a
    return unreachable
