# test: run
"""Lists that comparisons change while they are sorted: that is noticed even if nothing is left of it."""


def sorting(change):
    class Changing:
        def __init__(self, number):
            self.number = number

        def __lt__(self, other):
            change(numbers)
            return self.number < other.number

    numbers = [Changing(number * 7 % 11) for number in range(11)]
    try:
        numbers.sort()
    except ValueError as error:
        print(error, end=" ")
    print(type(numbers[0]).__name__, len(numbers), [each.number for each in numbers[:4]])


def append_and_pop(numbers):
    numbers.append(3)
    numbers.pop()


def floats(numbers):
    numbers.append(0.5)
    del numbers[:]


def nothing(numbers):
    if numbers or len(numbers) or list(numbers):
        print("there is something")


for change in (nothing, append_and_pop, floats, nothing, list.clear, list.reverse):
    try:
        sorting(change)
    except Exception as error:
        print(type(error).__name__, error)
for turn in range(90):
    seen = []
    mixed = [2.5, turn, 1, "s"] if turn % 30 == 29 else [2.5, turn, 1]
    try:
        mixed.sort(key=lambda value: append_and_pop(mixed) if turn == 80 else seen.append(len(mixed)) or value)
    except (TypeError, ValueError) as error:
        print(turn, type(error).__name__, mixed)
print(seen, mixed)
