# test: run
# Hot loops that call functions with loops of their own: results, exceptions, and what the caller
# keeps meanwhile.


def total(n):
    s = 0
    for i in range(n):
        if i == 5:
            raise ValueError(i)
        s += i
    return s


def survives(rounds):
    out = []
    for k in range(rounds):
        before = k * 3 if k % 2 else [k]
        kept = (k, "kept")
        try:
            got = total(k % 7)
        except ValueError as error:
            out.append((kept, before, error.args))
        else:
            out.append(got)
    return out[-8:]


print(survives(400))


class Vector:
    def __init__(self, *items):
        self.items = []
        for item in items:
            self.items.append(item)

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        made = Vector()
        for a, b in zip(self.items, other.items):
            made.items.append(a + b)
        return made

    def __radd__(self, other):
        made = Vector()
        for a in self.items:
            made.items.append(a + other)
        return made

    def __lt__(self, other):
        for a, b in zip(self.items, other.items):
            if a != b:
                return a < b
        return NotImplemented if len(self.items) == 4 else len(self.items) < len(other.items)

    def __eq__(self, other):
        hits = 0
        while hits < len(self.items):
            if self.items[hits] != other.items[hits]:
                return ""
            hits += 1
        return "equal"

    def __getitem__(self, at):
        for i, item in enumerate(self.items):
            if i == at:
                return item
        raise IndexError(at)

    @property
    def norm(self):
        s = 0
        for item in self.items:
            s += item * item
        return s


def operators(rounds):
    out = [0, 0, 0, 0, 0]
    unit = Vector(1, 2, 3)
    for k in range(rounds):
        v = Vector(k % 3, 2, k % 5)
        w = v + unit
        out[0] += w.items[2]
        x = k + v
        out[1] += x[k % 3]
        if v < unit:
            out[2] += v.norm
        if v == unit:
            out[3] += 1
        out[4] += (v == unit) == "equal"
        try:
            out[4] += v[k % 6]
        except IndexError as error:
            out[4] += error.args[0] + v.items[0]
    return out


print(operators(500))


def bad_init(rounds):
    class Strange:
        def __init__(self, n):
            while n:
                n -= 1
            return self.give

    class Kept(Strange):
        give = None

    Strange.give = None
    made = 0
    for k in range(rounds):
        if k == rounds - 1:
            Strange.give = k
        try:
            thing = Strange(k % 4)
            made += thing.give is None
        except TypeError as error:
            print(error)
        made += type(Kept(2)) is Kept
    return made


print(bad_init(300))


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def looped_depth(n):
    for i in range(2):
        if n == 0:
            return i
        if i:
            return 1 + looped_depth(n - 1)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print([depth(k % 90) for k in range(300)][-3:], [looped_depth(k % 60) for k in range(300)][-3:])
print([even(k % 51) for k in range(200)][-4:], fib(19))


def endless(n):
    return endless(n + 1) + 1


for attempt in range(3):
    try:
        endless(0)
    except RecursionError as error:
        print(type(error).__name__, depth(50))


def rebound(rounds):
    global total
    old, out = total, []
    for k in range(rounds):
        if k == 150:
            total = lambda n: -n
        if k == 200:
            total = old
        out.append(total(k % 4))
    return out[148:153] + out[198:203]


print(rebound(300))


def walk(tree, depth=0):
    if tree is None:
        return depth
    best = depth
    for child in tree:
        best = max(best, walk(child, depth + 1))
    return best


trees = (((None, None), None), (((None,),), None))
print(sum(walk(trees) for _ in range(200)))


class Raises:
    def __init__(self, limit):
        self.limit = limit

    def __eq__(self, other):
        for i in range(3):
            if i == self.limit:
                raise KeyError(self.limit)
        return True


def compared(rounds):
    hits = misses = 0
    for k in range(rounds):
        thing, at = Raises(k % 5), (k, k)
        try:
            if thing == k:
                hits += 1
        except KeyError as error:
            misses += error.args[0] + at[0] - at[1]
    return hits, misses


print(compared(400))
