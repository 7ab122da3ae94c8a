# test: run
# Operators and functions that ask an object's class, in loops: powers, signs, truth, text, pairs of
# quotient and rest, functions and static methods read through objects.
class Money:
    __slots__ = ("cents",)

    def __init__(self, cents):
        self.cents = cents

    def __neg__(self):
        return Money(-self.cents)

    def __invert__(self):
        return ~self.cents

    def __pow__(self, n):
        return Money(self.cents**n % 1000)

    def __str__(self):
        whole, rest = divmod(abs(self.cents), 100)
        return f"{'-' if self.cents < 0 else ''}{whole}.{rest:02}"

    @staticmethod
    def doubled(cents):
        return 2 * cents

    @classmethod
    def of(cls, whole):
        return cls(100 * whole)

def used(count):
    total, texts = 0, []
    for n in range(count):
        money = Money(n * 37 - 4000)
        total += (-money).cents - ~money + (money**2).cents
        total += money.doubled(n) + Money.doubled(n) + money.of(n).cents
        texts.append(str(money))
    return total, texts[::29]

print(used(300))

def powers(count):
    total, floats = 0, 0.0
    for n in range(count):
        total = (total + 10 ** (n % 25) - 3**n % 7) % 1000003
        floats += 2.0 ** (n % 10) + (n + 1) ** -1
        total **= 2
        total %= 9973
    return total, floats

print(powers(200))

def pairs(count):
    found = []
    for n in range(-count, count):
        for divisor in (7, -3, 2.5, 0):
            try:
                found.append(divmod(n, divisor))
            except ZeroDivisionError as raised:
                found.append(type(raised).__name__)
    big = [divmod(n * 10**18, 7) for n in range(-40, 40)]
    return found[::97], big[::17]

print(pairs(120))

class Bare:
    pass

class Sized:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

class Says:
    def __init__(self, n):
        self.n = n

    def __bool__(self):
        return self.n > 1

def truths(count):
    values = [0.0, 2.5, float("nan"), "", "a", b"", b"b", [], [0], (), (0,), {}, {1: 2}, Bare(),
              Sized(0), Sized(3), Says(1), Says(2), None, 0, 10**30, range(0), len, Bare]
    seen = [0] * len(values)
    for n in range(count):
        for at, value in enumerate(values):
            if value:
                seen[at] += 1
            if not value:
                seen[at] -= 2
            while value and seen[at] % 2:
                seen[at] += 1
    todo, done = list(range(count)), 0
    while todo:
        done += todo.pop()
        if done % 5 == 0 and len(todo) < 50:
            todo.append(1)
        if done > 60000:
            todo.clear()
    return seen, done

print(truths(150))

class Changes:
    def __str__(self):
        return "first"

class Text(str):
    pass

def changing(count):
    objects, seen = [Changes(), Bare()], []
    for n in range(count):
        if n == 100:
            Changes.__str__ = lambda self: Text("second")
        if n == 150:
            Changes.__str__ = lambda self: n
        if n == 200:
            del Changes.__str__
        try:
            text = str(objects[0])
            seen.append(text[:7])
            seen.append(type(text).__name__)
        except TypeError as raised:
            seen.append(str(raised))
        seen.append(str(objects[1])[-10:-8] == "ob")
    return seen[::37]

print(changing(250))

class Sum:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return self.n + other.n

    def __eq__(self, other):
        return self.n % 3 - other.n % 3

def operator_results(count):
    total = same = 0
    for n in range(count):
        total += Sum(n % 5) + Sum(-(n % 3))
        if Sum(n) == Sum(n % 4):
            same += 1
    return total, same

print(operator_results(300))

def lengths(count):
    table, known, frozen, total = {}, set(), frozenset(), 0
    for n in range(count):
        table[n % 40] = n
        known.add(n % 30)
        frozen = frozen | {n % 20}
        total += len(table) + len(known) * 2 + len(frozen) * 3
        if n % 7 == 0:
            known.discard(n % 30)
            del table[n % 40]
        total += len(table) - len(known)
        if n % 90 == 89:
            table, known = {}, set()
        if not table and not known:
            total += 10000
    return total

print(lengths(400))
