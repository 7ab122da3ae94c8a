# test: run
"""Generators whose own loops are hot: resumed by loops, builtins, delegation, `send` and `throw`."""
import sys


def triangles(n):
    for row in range(n):
        total = 0
        for column in range(row):
            total += column
        yield total


def permutations(items):
    pool = tuple(items)
    count = len(pool)
    places = list(range(count))
    cycles = list(range(count, 0, -1))
    yield tuple([pool[place] for place in places])
    while count:
        for position in reversed(range(count)):
            cycles[position] -= 1
            if cycles[position] == 0:
                places[position:] = places[position + 1 :] + places[position : position + 1]
                cycles[position] = count - position
            else:
                other = -cycles[position]
                places[position], places[other] = places[other], places[position]
                yield tuple([pool[place] for place in places])
                break
        else:
            return


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def results(depth):
    if depth == 0:
        yield 0
        return 1
    left = yield from results(depth - 1)
    right = yield from results(depth - 1)
    yield depth
    return left + right


def returned(generator):
    value = yield from generator
    yield ("returned", value)


def averaging():
    total = count = 0
    sent = None
    while True:
        for _ in range(8):
            count += 1
        sent = yield (total, count, sent)
        if sent is not None:
            total += sent


def catching(n):
    caught = 0
    for i in range(n):
        try:
            for j in range(6):
                caught += j
            yield caught
        except ValueError as error:
            caught += error.args[0]
            yield ("caught", caught)
        finally:
            caught += 1


def raising(n):
    for i in range(n):
        total = 0
        for j in range(7):
            total += i * j
        yield total
    raise LookupError(n)


def wide(n):
    # Values that outgrow what a trace was made for.
    x = 1
    for i in range(n):
        for j in range(6):
            x = x * 3 + j
        yield x


def mixed(n):
    for i in range(n):
        x = i if i % 7 else i * 0.5
        for j in range(6):
            x += j
        yield x


class Counted:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            for j in range(5):
                i += j
            yield i


def drive(f, times=3):
    for _ in range(times):
        result = f()
    print(result)


def loop_over(make):
    total = 0
    for value in make():
        total = (total * 31 + hash(value)) % 1000003
    return total


def by_hand(n):
    generator = averaging()
    next(generator)
    for i in range(n):
        last = generator.send(i)
    generator.close()
    return last, next(generator, None)


def thrown_into(n):
    generator = catching(n)
    seen = []
    for i in range(n):
        if i % 5 == 3:
            seen.append(generator.throw(ValueError(i)))
        else:
            seen.append(next(generator, "end"))
    return seen[-10:]


def caught_at_end(n):
    total = 0
    try:
        for value in raising(n):
            total += value
    except LookupError as error:
        line = error.__traceback__.tb_next.tb_frame.f_code.co_name
        return total, error.args, line


def left_early(n):
    found = []
    for i in range(n):
        generator = triangles(100)
        for value in generator:
            if value > i:
                break
        found.append(value)
        found.append(sum(generator) if i % 4 == 0 else next(generator))
    return sum(found)


def nested(n):
    return sum(a * b for a in triangles(n) for b in (x + sum(range(a % 5)) for x in range(7)))


def chained(n):
    doubled = (2 * x for x in triangles(n))
    odd = (x + 1 for x in doubled)
    return sum(x for x in odd if x % 3)


def deep(n):
    def count(k):
        if k:
            for _ in range(5):
                k += 0
            yield from count(k - 1)
        yield k

    return sum(count(n))


def reentered(n):
    def body():
        for i in range(n):
            for j in range(6):
                i += j
            yield i
            if i == 15 + n - 1:
                yield next(generator)

    generator = body()
    try:
        return sum(generator)
    except ValueError as error:
        return str(error)


def switched(n):
    # The generator's function gets other code in the midst of it.
    def one(n):
        for i in range(n):
            for j in range(6):
                i += j
            yield i

    def two(n):
        yield -1

    total = 0
    for i in range(n):
        total += sum(one(50))
        if i == n // 2:
            one.__code__ = two.__code__
    return total


drive(lambda: loop_over(lambda: triangles(200)))
drive(lambda: len(list(permutations(range(5)))))
drive(lambda: loop_over(lambda: permutations((3, 5, 7, 11))))
drive(lambda: sum(tree(8)))
drive(lambda: loop_over(lambda: tree(7)))
drive(lambda: list(returned(results(6)))[-2:])
drive(lambda: sum(x for x in results(7)))
drive(lambda: by_hand(300))
drive(lambda: thrown_into(200))
drive(lambda: caught_at_end(200))
drive(lambda: left_early(60))
drive(lambda: max(wide(60)))
drive(lambda: sum(mixed(300)))
drive(lambda: loop_over(lambda: mixed(300)))
drive(lambda: sum(Counted(300)))
drive(lambda: loop_over(lambda: Counted(300)))
drive(lambda: nested(40))
drive(lambda: chained(200))
drive(lambda: deep(60))
drive(lambda: reentered(100))
drive(lambda: switched(40))

def backwards(n):
    total = 0
    for i in range(n):
        for j in reversed(range(i % 5, 4)):
            total = total * 3 % 1000003 + j
        for j in reversed(range(i % 3)):
            total += j
        for j in reversed(range(0, 9, 2 + i % 2)):
            total += j
    return total, list(reversed(range(3))), list(reversed(range((1 << 60) - 3, (1 << 60) - 1)))


drive(lambda: backwards(200))

# ---- consumers of every kind, long enough to be compiled, and left in the midst of it


def consumed(n):
    values = [
        sum(x * 0.1 for x in range(n)),
        sum(x if x < n - 1 else 0.5 for x in range(n)),
        sum(1 << 57 for x in range(n)),
        sum(x > 3 for x in range(n)),
        any(x == n - 1 for x in range(n)),
        all(x < n - 1 for x in range(n)),
        min(abs(x - n // 2) for x in range(n)),
        max((x % 17 for x in range(n)), key=lambda x: -x),
        min((float(x) if x % 2 else x) for x in range(n)),
        sorted(-x for x in range(n))[0],
        list(x + 0.5 for x in range(n))[-1],
        len(tuple(x for x in range(n))),
        len(set(x % 13 for x in range(n))),
        ",".join(str(x) for x in range(n))[-5:],
    ]
    grown = []
    grown.extend(len(grown) for _ in range(n))
    values.append(grown[-1])
    return values


for value in [consumed(n) for n in (3, 50, 200, 300)][-1]:
    print(f"{value:.6f}" if isinstance(value, float) else value)


def failing(n):
    for i in range(n):
        yield i
    raise ValueError(n)


def failures(n):
    seen = []
    for consume in (sum, all, max, sorted, list, tuple, set):
        try:
            consume(x + 1 for x in failing(n))
        except ValueError as error:
            names = []
            entry = error.__traceback__
            while entry:
                names.append(entry.tb_frame.f_code.co_name)
                entry = entry.tb_next
            seen.append((consume.__name__, names))
    return seen


for line in [failures(n) for n in (1, 100, 300)][-1]:
    print(line)


class Number:
    def __init__(self, n):
        self.n = n

    def __radd__(self, other):
        return Number(self.n + (other.n if isinstance(other, Number) else other))

    __add__ = __radd__

    def __lt__(self, other):
        return self.n < other.n

    def __bool__(self):
        return self.n > 0


def of_objects(n):
    total = sum(Number(i) for i in range(n))
    least = min(Number(i % 7) for i in range(1, n))
    return total.n, least.n, any(Number(-i) for i in range(n)), all(Number(i) for i in range(1, n))


drive(lambda: of_objects(200))


def depth_seen(n):
    def body():
        for i in range(n):
            frame, depth = sys._getframe(), 0
            while frame is not None:
                frame, depth = frame.f_back, depth + 1
            yield depth

    depths = list(body())
    return len(set(depths)), len(depths)


drive(lambda: depth_seen(100))
