# test: run
# Classes that live shortly, whose objects have an attribute that other classes then hide by a property.


def made(n):
    class Short:
        def __init__(self):
            self.value = n

    return Short().value


class Kept:
    def __init__(self):
        self.value = 1


class Below(Kept):
    pass


def run(rounds):
    kept, below = Kept(), Below()
    total = 0
    texts = []
    for n in range(rounds):
        total += made(n)
        texts.append(f"{n} " * 30)
        if n % 20 == 0:
            Kept.value = property(lambda self: 7)
            total += kept.value + below.value
            del Kept.value
            total += kept.value + below.value
            texts.clear()
    return total


print(run(4000))
