"""A program that computes, for measuring how a recording of it is moved in.

Arguments: how many rounds, and before which of them the mark is written to last. A round calls
functions, makes and drops objects, changes lists and dictionaries, and builds strings. What stays
alive is some tens of megabytes, most of which is only read after the beginning.
"""
import sys

# How many of the kept results are replaced in turn.
RECENT = 2000


class Mark:
    pass


class Node:
    def __init__(self, left, right, weight):
        self.left = left
        self.right = right
        self.weight = weight

    def total(self):
        total = self.weight
        if self.left is not None:
            total += self.left.total()
        if self.right is not None:
            total += self.right.total()
        return total


def tree(depth, weight):
    if depth == 0:
        return Node(None, None, weight)
    return Node(tree(depth - 1, weight), tree(depth - 1, weight + 1), weight)


def sieve(limit):
    flags = [True] * limit
    for at in range(2, limit):
        if flags[at]:
            for multiple in range(at * at, limit, at):
                flags[multiple] = False
    return sum(flags)


def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def step(state):
    state = (state * 1103515245 + 12345) % 2147483648
    return state


def noise(count, state):
    total = 0.0
    for _ in range(count):
        state = step(state)
        total += state / 2147483648
    return total, state


def a_round(number, state, kept):
    total, state = noise(300, state)
    total += tree(6, number % 7).total()
    total += sieve(400)
    counts = count_words("the quick brown fox jumps over the lazy dog and the cat " * 4)
    kept[number % RECENT] = [number, total, counts]
    return state


def finished(mark):
    return mark


def main(rounds, last_write):
    mark = Mark()
    mark.value = 0
    kept = [[index, str(index), float(index)] for index in range(60000)]
    state = 1
    for number in range(rounds):
        if number == last_write // 2 or number == last_write:
            mark.value = number
        state = a_round(number, state, kept)
    print(state, mark.value)
    finished(mark)


main(int(sys.argv[1]), int(sys.argv[2]))
