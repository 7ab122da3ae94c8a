# test: run
# Objects that a loop makes and finds again by other ways: through parts, copies, sums and iterators
# of containers that hold them, and through closures.
class Box:
    def __init__(self, v):
        self.v = v

def parts(count):
    total = 0
    for n in range(count):
        box = Box(n)
        items = [box]
        items[:][0].v = -1
        total += box.v
        items[0:1][0].v -= 1
        total += box.v
    return total

def sums(count):
    total = 0
    for n in range(count):
        box = Box(n)
        both = [box] + [None]
        both[0].v = 1
        total += box.v
        many = (box,) * 2
        many[1].v = 2
        total += box.v
        copied = both.copy()
        copied[0].v = 3
        total += box.v
        in_tuple = tuple(copied)
        in_tuple[0].v = 4
        total += box.v
    return total

def iterators(count):
    total = 0
    for n in range(count):
        box = Box(n)
        for other in list((box,)):
            other.v = -1
        total += box.v
        for _, other in enumerate({1: box}.values()):
            other.v -= 1
        total += box.v
        for other, _ in zip([box], "a"):
            other.v -= 1
        total += box.v
        for other in reversed([None, box]):
            if other:
                other.v -= 1
        total += box.v
    return total

def at_places(count):
    total = 0
    for n in range(count):
        box, items = Box(n), [None, None, None]
        items[1] = box
        items[n % 2 * 2] = items
        taken = items[1:2]
        taken[0].v = -1
        total += box.v
    return total

def closures(count):
    total = 0
    for n in range(count):
        box, kept = Box(n), n

        def change():
            nonlocal kept
            kept += 1
            box.v = kept

        change()
        total += box.v + kept
        change()
        total += box.v - kept
    return total

def many(count):
    total = 0
    for n in range(count):
        box = Box(n)
        holder = [box]
        others = [Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n)]
        more = [Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n), Box(n)]
        spread = [others[0], others[1], others[2], others[3], others[4], others[5], more[0], more[1]]
        holder[:][0].v = -1
        spread[:][2].v = -2
        total += box.v + others[2].v + more[9].v + len(spread)
    return total

for function in (parts, sums, iterators, at_places, closures, many):
    print(function.__name__, function(300))
