# test: run
# Loops of few rounds, or none, in functions that hot loops call; and recursions whose calls mostly
# end at once.


class Square:
    def __init__(self, parent):
        self.parent = parent

    def root(self):
        square = self
        while square.parent is not square:
            square = square.parent
        return square


def chain(length):
    first = Square(None)
    first.parent = first
    last = first
    for _ in range(length):
        last = Square(last)
    return first, last


def roots(rounds):
    first, last = chain(3)
    alone, _ = chain(0)
    found = 0
    for number in range(rounds):
        found += (last if number % 50 == 0 else alone).root() is first
    return found


print(roots(4000))


def position(values, wanted):
    for index in range(len(values)):
        if values[index] == wanted:
            return index
    return -1


def positions(rounds):
    values = [3, 1, 2]
    total = 0
    for number in range(rounds):
        total += position(values, number % 5)
    return total


print(positions(5000))


def share(shares, aim):
    for name, part in zip("ab", shares):
        if aim < part:
            return name
        aim -= part
    raise LookupError(aim)


def shares(rounds):
    told, missed = {"a": 0, "b": 0}, 0
    for number in range(rounds):
        try:
            told[share((5, 3), number % 9)] += 1
        except LookupError as error:
            missed += error.args[0] + 1
    return told, missed


print(shares(3000))


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        if self.left is None:
            return 1
        return 1 + self.left.count() + self.right.count()


def tree(depth):
    return Node(None, None) if depth == 0 else Node(tree(depth - 1), tree(depth - 1))


def counts(rounds):
    total = 0
    for number in range(rounds):
        total += tree(number % 5).count()
    return total


print(counts(600))


def lean(depth):
    return Node(lean(depth - 1), Node(None, None)) if depth else Node(None, None)


print(sum(lean(number % 40).count() for number in range(800)))


def nested(rows):
    found = []
    for row in rows:
        for item in row:
            if item < 0:
                break
            found.append(item)
        else:
            found.append(None)
    return found


def nesting(rounds):
    total = 0
    for number in range(rounds):
        total += len(nested(((), (1,), (2, -1, 3), (number, number))))
    return total


print(nesting(2500))
