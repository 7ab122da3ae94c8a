# test: run
# Recursion: mutual, deep enough, RecursionError, which can be caught.
import sys
def even(n):
    return True if n == 0 else odd(n - 1)
def odd(n):
    return False if n == 0 else even(n - 1)
print(even(100), odd(101), even(7))
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))
print(ackermann(2, 3), ackermann(2, 9))
def hanoi(n, a, b, c):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
print(hanoi(10, "a", "b", "c"))
def forever(n):
    return forever(n + 1)
for _ in range(3):
    try:
        forever(0)
    except RecursionError as error:
        print(type(error).__name__, str(error).startswith("maximum recursion depth exceeded"))
class Looping:
    def __repr__(self):
        return repr(self)
    def __getattr__(self, name):
        return getattr(self, name + "x")
    def __eq__(self, other):
        return self == other
for action in (lambda: repr(Looping()), lambda: Looping().a, lambda: Looping() == 1):
    try:
        action()
    except RecursionError:
        print("caught")
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
print(depth(800), sys.getrecursionlimit() >= 1000)
def permutations(items):
    if len(items) <= 1:
        return [items]
    return [[x] + rest for i, x in enumerate(items) for rest in permutations(items[:i] + items[i + 1 :])]
print(len(permutations([1, 2, 3, 4, 5])), permutations([1, 2, 3]))
