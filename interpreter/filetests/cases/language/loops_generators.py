# test: run
# Generators, iterators and comprehensions in hot loops.
def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1
def evens(source):
    for x in source:
        if x % 2 == 0:
            yield x
def running(source):
    total = 0
    for x in source:
        total += x
        yield total
def last(source):
    value = None
    for value in source:
        pass
    return value
print(last(running(evens(numbers(3000)))), sum(numbers(2000)), max(running(x % 7 - 3 for x in numbers(1000))))
def coroutine():
    total = 0
    while True:
        x = yield total
        if x is None:
            return
        total += x
def drive(n):
    c = coroutine()
    next(c)
    for i in range(n):
        result = c.send(i)
    try:
        c.send(None)
    except StopIteration:
        return result
print(drive(1500))
class Range:
    def __init__(self, n): self.n = n
    def __iter__(self): return RangeIterator(self.n)
class RangeIterator:
    def __init__(self, n): self.i, self.n = -1, n
    def __iter__(self): return self
    def __next__(self):
        self.i += 1
        if self.i >= self.n:
            raise StopIteration
        return self.i
print(sum(Range(2000)), sum(x * y for x in Range(30) for y in Range(30)), len([x for x in Range(500) if x % 3]))
def interleave(*sources):
    iterators = [iter(s) for s in sources]
    while iterators:
        for it in list(iterators):
            try:
                yield next(it)
            except StopIteration:
                iterators.remove(it)
print(sum(i * v for i, v in enumerate(interleave(range(300), numbers(200), Range(100)))))
def nested(depth):
    if depth:
        for x in nested(depth - 1):
            yield x
        yield depth
        yield from nested(depth - 1)
print(sum(nested(9)))
def zipped(n):
    return sum(a * b - c for a, b, c in zip(range(n), numbers(n), Range(n)))
print(zipped(800), [sum(x for x in range(i)) for i in range(0, 200, 40)], {i: sum(1 for d in range(1, i + 1) if i % d == 0) for i in range(1, 13)})
def early(n):
    total = 0
    for i in range(n):
        for v in numbers(100):
            if v > i % 5:
                break
            total += v
    return total
print(early(400))
def permute(items):
    if not items:
        yield ()
    for i, x in enumerate(items):
        for rest in permute(items[:i] + items[i + 1 :]):
            yield (x,) + rest
print(sum(p[0] * p[-1] for p in permute((1, 2, 3, 4, 5, 6))))
def scheduler(tasks):
    order = []
    while tasks:
        task = tasks.pop(0)
        try:
            order.append(next(task))
            tasks.append(task)
        except StopIteration:
            order.append("done")
    return order
def task(name, n):
    for i in range(n):
        yield f"{name}{i}"
print(scheduler([task("a", 3), task("b", 1), task("c", 2)]))
