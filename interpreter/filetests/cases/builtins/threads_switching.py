# test: run
"""Threads that are interrupted often: in loops, calls, native functions, generators and handlers."""
import gc
import sys
import threading

sys.setswitchinterval(1e-5)


class Point:
    def __init__(self, x):
        self.x = x

    def __lt__(self, other):
        return self.x < other.x

    def __hash__(self):
        return hash(self.x)

    def __eq__(self, other):
        return self.x == other.x


def sums(seed):
    total = 0.5
    for number in range(20000):
        total += (number ^ seed) % 7 * 0.25
    return total


def sorting(seed):
    points = [Point(number * 7919 % 1009 + seed) for number in range(1500)]
    points.sort()
    points.sort(key=lambda point: -point.x)
    return [point.x for point in points[:3]], max(points).x, min(points, key=lambda p: p.x).x


def tables(seed):
    found = {}
    for number in range(6000):
        point = Point(number % 50 + seed)
        found[point] = found.get(point, 0) + 1
    return len(found), sum(found.values())


def generating(seed):
    def tree(depth):
        if depth:
            yield from tree(depth - 1)
            yield depth + seed
            yield from tree(depth - 1)

    return sum(tree(9)), [value for value in tree(3)]


def raising(seed):
    caught = 0
    for number in range(3000):
        try:
            try:
                if number % 3 == 0:
                    raise ValueError(number)
            finally:
                caught += number % 2
        except ValueError as error:
            caught += error.args[0] % 5
    return caught + seed


def texts(seed):
    parts = []
    for number in range(2000):
        parts.append(f"{number + seed}:{number * 0.5:.2f}")
    return len(",".join(parts)), parts[-1]


def keeping(seed):
    chains = []
    for number in range(60):
        chain = None
        for link in range(50):
            chain = [chain, str(number + link + seed)]
        chains.append(chain)
        if number % 20 == 0:
            gc.collect()
    length = 0
    for chain in chains:
        while chain is not None:
            length += len(chain[1])
            chain = chain[0]
    return length


def recursing(seed):
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    return fibonacci(15) + seed


TASKS = [sums, sorting, tables, generating, raising, texts, keeping, recursing]
expected = {(task, seed): task(seed) for task in TASKS for seed in range(2)}
results = {}


def run(task, seed):
    results[task, seed, threading.get_ident()] = task(seed)


for _ in range(3):
    threads = [threading.Thread(target=run, args=key) for key in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrong = {key[0].__name__ for key, result in results.items() if result != expected[key[:2]]}
    print(len(results) >= len(expected), sorted(wrong))
