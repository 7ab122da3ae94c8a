# test: run
# Sets and dictionaries made by a call without arguments, which gain elements one by one, as many at
# once, by operators, or never; in loops, so that machine code makes them too.
class Plain:
    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name


def one_by_one(count):
    made = set()
    for number in range(count):
        made.add(number)
    return made


def by_union(parts):
    made = set()
    for part in parts:
        made |= part
    return made


def kept_empty(rounds):
    alike = set()
    total = 0
    for _ in range(rounds):
        other = set()
        total += len(other) + (1 in other) + (other == alike) + bool(other) + len(other | alike)
        total += len(other.copy()) + len(frozenset(other)) + sum(1 for _ in other)
        other.discard(3)
        other.clear()
        other.add("x")
        total += len(other)
    return total


def objects(rounds):
    keys = [Plain(str(number)) for number in range(rounds)]
    places, seen = dict(), set()
    for turn in range(3):
        for key in keys:
            if key in seen and int(key.name) % 3 == turn:
                seen.remove(key)
                del places[key]
            seen.add(key)
            places[key] = places.get(key, 0) + 1
    return [key.name for key in places][:12], sum(places.values()), len(seen), Plain("0") in seen


def of_one_hash():
    key = Plain("k")
    number = hash(key)
    places = dict()
    places[number] = "number"
    found = [places.get(key), key in places, key in {number}]
    places[key] = "object"
    found += [places[key], places[number], len(places), number in {key}]
    del places[number]
    return found + [places[key], places.get(number), len(places)]


def booleans(rounds):
    one, other, third = False, True, True
    for turn in range(rounds):
        one |= turn == 70
        other &= turn < 90
        third ^= one
        one = one | (turn > 200) & other
    return one, other, third, True | 4, False ^ 1, True & 2


for count in (0, 1, 4, 8, 9, 20, 300):
    print(count, len(one_by_one(count)), sorted(one_by_one(count))[-3:])
print(by_union([]), by_union([set()]), sorted(by_union([{1}, set(), {2, 3}, set(range(12))])))
for size in (1, 2, 4, 7, 8, 9, 30):
    whole = set(range(size))
    print(size, by_union([whole]) == whole, by_union([set(), whole, whole]) == whole, len(set().union(whole)))
print(kept_empty(200))
print(objects(200))
print(of_one_hash(), [of_one_hash() for _ in range(150)][-1])
print(booleans(100), booleans(50))
made = [set() for _ in range(100)]
for number, each in enumerate(made):
    for element in range(number % 11):
        each.add(element)
print([len(each) for each in made][:12], set() is set(), set() == frozenset(), {*set()})
try:
    set().pop()
except KeyError as error:
    print("KeyError", error)


class Later:
    pass


def later(rounds):
    keys = [Later() for _ in range(3)]
    places = dict()
    for turn in range(rounds):
        for key in keys:
            places[key] = turn
        if turn == rounds // 2:
            Later.__hash__ = lambda self: 7
    return len(places)


print(later(200))
