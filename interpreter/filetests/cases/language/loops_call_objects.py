# test: run
# Objects of Python classes called in loops: plain arguments, defaults, keywords, stars, changed
# and missing methods, generators.
class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, value, offset=0, *rest, sign=1):
        return sign * (self.factor * value + offset + sum(rest))

def plain(count):
    scale, total = Scale(3), 0.0
    for n in range(count):
        total += scale(n)
        total -= scale(n, 2)
        total += scale(n, 1, 2, 3)
        total += scale(n, sign=-1) + scale(offset=5, value=n)
    return total

print(plain(300))

class Count:
    __slots__ = ("calls",)

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        if self.calls % 40 == 0:
            raise ValueError(self.calls)
        return self

def chained(count):
    counter = Count()
    errors = []
    for n in range(count):
        try:
            counter()()
        except ValueError as raised:
            errors.append((n, raised.args))
    return counter.calls, errors

print(chained(200))

class Gives:
    def __call__(self, n):
        for at in range(n):
            yield at * n

def generators(count):
    gives, total = Gives(), 0
    for n in range(count):
        for value in gives(n % 5):
            total += value
    return total

print(generators(200))

class First:
    def __call__(self, n):
        return n + 1

class Second(First):
    def __call__(self, n):
        return super().__call__(n) * 2

class Own(First):
    pass

def mixed(count):
    callees = [First(), Second(), Own(), First, len]
    seen = []
    for n in range(count):
        if n == 150:
            First.__call__ = lambda self, n: n - 1
        if n == 200:
            Own.__call__ = len
        if n == 250:
            del Second.__call__
        callee = callees[n % 3]
        try:
            seen.append(callee(n))
        except TypeError as raised:
            seen.append(type(raised).__name__)
    return seen[::9]

print(mixed(300))

class Bare:
    pass

def not_callable(count):
    bare, errors = Bare(), 0
    bare.__call__ = lambda: 1
    for n in range(count):
        try:
            bare()
        except TypeError as raised:
            errors += 1
            text = str(raised)
    return errors, text

print(not_callable(100))

def wrong_arguments(count):
    scale, texts = Scale(2), set()
    for n in range(count):
        try:
            scale() if n % 2 else scale(1, wrong=2)
        except TypeError as raised:
            texts.add(str(raised))
    return sorted(texts)

print(wrong_arguments(100))

class Nested:
    def __init__(self, depth):
        self.depth = depth

    def __call__(self, n):
        if self.depth == 0:
            return n
        return Nested(self.depth - 1)(n + self.depth)

print(sum(Nested(n % 7)(n) for n in range(120)))

class Listed:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)

class Yields(Listed):
    def __iter__(self):
        for item in self.items:
            yield item * 2

class Itself:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n

class Wrong:
    def __iter__(self):
        return [1]

class Raises:
    def __iter__(self):
        raise KeyError("no")

class Indexed:
    def __getitem__(self, at):
        if at > 3:
            raise IndexError(at)
        return at

class Not:
    __iter__ = None

def iterated(count):
    total, errors = 0, {}
    for n in range(count):
        sources = [Listed([n, 1]), Yields((n, 2)), Itself(n % 4), Indexed(), Listed({n: 1})]
        for item in sources[n % 5]:
            total += item
        total += sum(Listed([n])) + len([item for item in Yields("ab")])
        for wrong in (Wrong(), Raises(), Not(), Listed(3)):
            try:
                for item in wrong:
                    total += 1000
            except (TypeError, KeyError) as raised:
                errors[str(raised)] = errors.get(str(raised), 0) + 1
        if n == 150:
            Listed.__iter__ = lambda self: iter((7, 8))
        a, *b = Listed([5, 6])
        total += a + len(b)
    return total, errors

print(iterated(250))
