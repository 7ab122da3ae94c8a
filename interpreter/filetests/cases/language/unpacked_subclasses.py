# test: run
# Objects of subclasses of tuple and list, unpacked in hot loops: by the builtin type's own iterator, by one
# of the class, and by one that the class gets while the loop runs.

from collections import namedtuple

Pair = namedtuple("Pair", "left right")


class Items(list):
    pass


class Backwards(tuple):
    def __iter__(self):
        return reversed(tuple(self[at] for at in range(len(self))))


class Longer(tuple):
    def __len__(self):
        return 17

    def __getitem__(self, at):
        return "item"


class Keys(dict):
    pass


class Text(str):
    pass


def unpack(make, rounds):
    total = []
    for k in range(rounds):
        a, b = make(k)
        total.append((a, b))
    return total[-1], len(total)


print(unpack(lambda k: Pair(k, k + 1), 120))
print(unpack(lambda k: Items([k, k * 2]), 120))
print(unpack(lambda k: Backwards((k, -k)), 120))
print(unpack(lambda k: Longer((k, k / 2)), 120))
print(unpack(lambda k: Keys([(k, 1), (-1, 2)]), 120))
print(unpack(lambda k: Text("xy"), 120))
print(unpack(lambda k: Pair(k, k) if k % 3 else Items((k, "item")), 121))


def sums(pairs, seen):
    total = 0
    for pair in pairs:
        left, right = pair
        total += left * right
        seen.append(total)
    return total


pairs = [Pair(k, 3) for k in range(80)]
print(sums(pairs, []), sums(pairs, []))


class Late(tuple):
    pass


def late(rounds):
    out = []
    for k in range(rounds):
        if k == 90:
            Late.__iter__ = lambda self: iter("ab")
        a, b = Late((k, k))
        out.append(a)
    return out[86:94]


print(late(120))


def wrong(size, rounds):
    caught = None
    for k in range(rounds):
        items = Items(range(size if k == rounds - 1 else 2))
        try:
            a, b = items
        except ValueError as error:
            caught = str(error)
    return caught, a, b


print(wrong(3, 100), wrong(1, 100), wrong(2, 100))
