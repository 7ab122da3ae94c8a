# test: run
# Objects that live for a round of a loop or from one round to the next, and become visible at
# a branch, an exception, a call, the loop's end.


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def __repr__(self):
        return f"<{self.x} {self.y}>"


class Node:
    def __init__(self, value, next):
        self.value = value
        self.next = next


def walk(n):
    place = Vector(0.0, 0.0)
    for i in range(n):
        place = (place + Vector(1.0, 0.5)) * 0.5
    return place


print(walk(1), walk(5), walk(500), walk(1000))


def seen_now_and_then(n, every):
    seen = []
    place = Vector(0, 1)
    for i in range(n):
        place = place + Vector(1, i & 3)
        if i % every == 0:
            seen.append(place)
    return seen[:4], seen[-2:], len(seen), place


for every in (1, 2, 3, 7, 50, 700):
    print(seen_now_and_then(800, every))


def mutated(n):
    a, b = Vector(0, 1), Vector(10, 20)
    for i in range(n):
        c = Vector(i, i)
        c.x += a.x
        a, b = b, c
        if i % 97 == 96:
            b.y = a
    return a.x, b.x, type(a.y), type(b.y), a is b


for n in (1, 2, 96, 97, 98, 99, 500, 970, 971):
    print(n, mutated(n))


def same_object(n):
    first = other = Vector(1, 2)
    hits = 0
    for i in range(n):
        if first is other:
            hits += 1
        first = Vector(i, other.y)
        other = first if i % 3 else Vector(i, first.y)
        other.x += 1
        if first.x != other.x:
            hits += 1000
    return hits, first, other, first is other


print(same_object(300), same_object(301), same_object(302))


def tuples(n):
    a, b = 1, 2
    pair = (a, b)
    for i in range(n):
        a, b = b, a + 1
        pair = (b, pair[0])
        x, y = pair
        if x == 400:
            break
    return pair, x, y


print(tuples(10), tuples(500), tuples(2000))


def chain(n, keep):
    head = None
    for i in range(n):
        head = Node(i, head if i % keep else None)
    total = 0
    while head is not None:
        total = total * 3 + head.value
        head = head.next
    return total % 1000003


print([chain(n, keep) for n in (1, 7, 100, 501) for keep in (2, 5, 1000)])


def raises(n, at):
    place = Vector(0, 0)
    for i in range(n):
        place = Vector(i, place.x)
        try:
            step = Vector(10 // (i - at), 1)
        except ZeroDivisionError as error:
            print(place, error)
            return place
        place.x += step.x
    return place


print(raises(300, 299), raises(300, 150), raises(300, 301))


def overflows(n):
    place = Vector(1, 1)
    for i in range(n):
        place = Vector(place.x * 3, place.y + place.x)
    return place


print(overflows(200))


def rare_floats(n, factor):
    place = Vector(1.0, 1.0)
    keep = []
    for i in range(n):
        place = Vector(place.x * factor, place.y / factor)
        if i % 211 == 210:
            keep.append(place)
    return keep, place


print(rare_floats(1000, 2.0))
print(rare_floats(1060, 2.0)[1], rare_floats(1000, 0.5)[1])


def closures(n):
    total = 0
    for i in range(n):
        k = Vector(i, 1)

        def add(x):
            return x + k.x

        total = add(total)
    return total


print(closures(500))


def lists(n):
    window = [0, 0, 0]
    for i in range(n):
        window = [window[1], window[2], window[0] + i]
        low, *rest = window
        if i % 250 == 249:
            print(low, rest, window)
    return window


print(lists(600))


def inner_iterators(n):
    total = 0
    for i in range(n):
        for j in (i, i + 1, 3):
            total += j
        for j in range(2):
            total -= j
    return total


print(inner_iterators(10), inner_iterators(700))


def method_kept(n):
    adds = None
    place = Vector(1, 2)
    for i in range(n):
        place = Vector(i, i)
        adds = place.__add__
        place = adds(Vector(1, 1))
    return adds(Vector(100, 100)), place


print(method_kept(400))


def attribute_added_late(n):
    last = Vector(0, 0)
    for i in range(n):
        v = Vector(i, last.x)
        if i > n - 3:
            v.z = last
        last = v
    return sorted(vars(last)), last.z.x, sorted(vars(last.z))


print(attribute_added_late(400))


def recursive_objects(n):
    last = None
    for i in range(n):
        node = Node(i, None)
        node.next = node
        other = Node(node, last)
        if i % 133 == 0:
            last = other
        if other.value.next is not node:
            print("lost")
    return last.value.next.value, last.next.value.value


print(recursive_objects(700))
