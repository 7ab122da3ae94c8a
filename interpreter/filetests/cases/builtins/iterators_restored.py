# test: run
# Iterators over ranges and deques, copied and put somewhere else.
import copy
import pickle
from collections import deque


def rest(iterator):
    return list(iterator)


for numbers in (range(10), range(10, 0, -3), range(2**70, 2**70 + 5), range(2**70, 2**70 - 9, -2), range(0)):
    for count in (-5, 0, 2, 3, 100, 2**80 if numbers and numbers[0] > 100 else 2**40):
        iterator = iter(numbers)
        iterator.__setstate__(count)
        first = next(iterator, None)
        again = pickle.loads(pickle.dumps(iterator))
        print(first, rest(copy.copy(iterator)), rest(again) == rest(iterator))
try:
    iter(range(3)).__setstate__("a")
except TypeError as error:
    print("TypeError")


def skipped(rounds):
    total = 0
    for n in range(rounds):
        iterator = iter(range(n, n + 10))
        iterator.__setstate__(n % 12)
        for item in iterator:
            total += item
    return total


print(skipped(400))

items = deque("abcdef")
start = iter(items)
next(start)
next(start)
copied = pickle.loads(pickle.dumps(start))
print(rest(copied), rest(start), rest(start), rest(pickle.loads(pickle.dumps(start))))
kind = type(iter(items))
print(kind.__module__, kind.__name__, rest(kind(items)), rest(kind(items, 4)), rest(kind(items, 40)))
kind = type(reversed(items))
print(kind.__module__, kind.__name__, rest(kind(items)), rest(kind(items, 4)))
for wrong in ("abc", None):
    try:
        kind(wrong)
    except TypeError:
        print("TypeError")
