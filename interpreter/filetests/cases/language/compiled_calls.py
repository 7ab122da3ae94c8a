# test: run
# Compiled code that calls compiled code: deeper than native frames may lie in one another, in several
# threads at a time, code that is let go while calls of other code are under way, and code that is
# replaced between two calls.

import sys
import threading


def depth_of(n):
    if n == 0:
        return 0
    return depth_of(n - 1) + 1


def sum_to(n, step):
    if n <= 0:
        return 0.0
    below = sum_to(n - step, step)
    return below + n * 0.5


for n in range(60):
    depth_of(n % 20)
    sum_to(n % 20, 1)
limit = sys.getrecursionlimit()
sys.setrecursionlimit(9000)
print(depth_of(5000), sum_to(4000, 1))
sys.setrecursionlimit(limit)


def too_deep(n):
    return too_deep(n + 1) + 1


caught = 0
for _ in range(8):
    try:
        too_deep(0)
    except RecursionError:
        caught += 1
print(caught, depth_of(100))


# ---- threads that stop in the midst of calls


def walk(n, barrier):
    if n == 0:
        barrier.wait()
        return 1
    total = 0
    for k in range(2):
        if k == 0:
            total += walk(n - 1, barrier)
        else:
            total += depth_of(n)
    return total


def run(number, barrier, results):
    for turn in range(12):
        results[number] += walk(number % 5 + 3 + turn % 2, barrier)


for _ in range(2):
    barrier = threading.Barrier(3)
    results = [0, 0, 0]
    threads = [threading.Thread(target=run, args=(k, barrier, results)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(results)


# ---- other code is made, and let go, below calls that are under way

SOURCE = """
def made(n):
    if n <= 0:
        return seed
    return made(n - 1) + 1

def work():
    out = 0
    for k in range(12):
        out += made(k % 6)
    return out
"""


def make(seed):
    names = {"seed": seed}
    exec(SOURCE, names)
    return names["work"]()


def below(n):
    if n == 0:
        return sum(make(seed) for seed in range(6))
    return below(n - 1) + n


print([below(k % 9) for k in range(40)][-5:])


# ---- a callee that is another from some time on, one that raises, and special methods


def leaf(n):
    return n * 2 if n < 2 else leaf(n - 1) + leaf(n - 2)


def use(n):
    return [leaf(k) for k in range(n)]


for _ in range(12):
    first = use(12)
print(first)
old = leaf


def leaf(n):
    if n == 9:
        raise KeyError(n)
    return old(n) + 1


seen = []
for n in (5, 9, 12):
    try:
        seen.append(use(n))
    except KeyError as error:
        seen.append(error.args)
print(seen)


class Tree:
    def __init__(self, depth):
        self.parts = [Tree(depth - 1), Tree(depth - 1)] if depth else []

    def __len__(self):
        return 1 + sum(len(part) for part in self.parts)

    def __bool__(self):
        return all(self.parts) if self.parts else True

    def __contains__(self, depth):
        return depth == 0 or bool(self.parts) and depth - 1 in self.parts[1]

    def __lt__(self, other):
        pairs = zip(self.parts, other.parts)
        return any(a < b for a, b in pairs) or len(self.parts) < len(other.parts)


trees = [Tree(k % 5) for k in range(40)]
print([len(tree) for tree in trees[-5:]], all(trees))
print([3 in tree for tree in trees[-5:]], [trees[2] < tree for tree in trees[-5:]])


class Wrong:
    def __init__(self, depth):
        if depth:
            Wrong(depth - 1)
        else:
            return 1 if broken else None


broken = False
for _ in range(40):
    Wrong(3)
broken = True
try:
    Wrong(3)
except TypeError as error:
    print(error)
