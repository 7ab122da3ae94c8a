# test: bytecode
def swap(a, b, items, obj):
    a, b = b, a
    a, b = b, a + b
    (a, *rest), obj.x = items
    a = b = items[0] = obj.y
    obj.n += 1
    items[a] -= b
    items[2] *= 3
    a += b
    del items[0], obj.x
    return a + (a := 2) + a


def cells():
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total

    return add


def maybe(flag):
    if flag:
        value = 1
    for item in flag:
        del item
    return value, item
