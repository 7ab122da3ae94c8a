# test: run
# Sets that gain small integers in loops: few and many, beside elements with the same hash, after
# removals, with hashes that meet (-1 and -2).


class Same:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        return isinstance(other, (int, Same)) and getattr(other, "value", other) == self.value


def built(numbers, first=()):
    sizes = []
    for _ in range(40):
        gained = set(first)
        for number in numbers:
            gained.add(number)
        sizes.append((len(gained), sorted(gained, key=lambda one: getattr(one, "value", one))))
    last = sizes[-1][1]
    return len(sizes), [getattr(one, "value", one) for one in last], [type(one).__name__ for one in last]


print(built(range(6)))
print(built([3, 1, 3, 1, 2]))
print(built(range(30, 0, -1)))
print(built([-1, -2, -1, -2, 0]))
print(built([1, 2, 3], (1.0, True, 2.0)))
print(built([1, 2, 3, 2], (Same(2), Same(4))))
print(built([1 << 61, 5, 1 << 60, 5], ()))


def removed():
    left = {9}
    seen = []
    for round in range(80):
        left.add(round % 7)
        left.discard((round * 3) % 5)
        if round % 20 == 19:
            seen.append(sorted(left))
            left.clear()
    return seen


print(removed())
print([len({number % width for number in range(50)}) for width in range(1, 20)])
