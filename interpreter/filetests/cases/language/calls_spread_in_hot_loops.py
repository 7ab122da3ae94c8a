# test: run
"""Calls with `*` and `**`, strings and special methods in loops that are hot."""


def taking(a, b=2, *rest, key=3, **named):
    return a + b + len(rest) + key + len(named)


def passing(function, *args, **kwargs):
    return function(*args, **kwargs)


def spread(count):
    total = 0
    for number in range(count):
        pair = (number, 1)
        total += passing(taking, *pair)
        total += passing(taking, number, *pair, *pair)
        total += passing(taking, number, key=number)
        total += taking(number, **({"other": 1} if number % 7 == 0 else {}))
        if number % 50 == 49:
            total += passing(taking, *range(number % 5 + 1), more=number)
    return total


print(spread(300))


def wrong(count):
    texts = set()
    for number in range(count):
        try:
            passing(taking)
        except TypeError as error:
            texts.add(str(error))
        try:
            taking(*number)
        except TypeError as error:
            texts.add(type(error).__name__)
    return sorted(texts)


print(wrong(80))


class Amount:
    def __init__(self, value):
        self.value = value
        self.log = {}

    def __str__(self):
        return f"<{self.value}>" if self.value % 9 else None

    def __setitem__(self, key, value):
        if key < 0:
            raise KeyError(key)
        self.log[key] = value

    def __getitem__(self, key):
        return self.log[key]


class Formatted(Amount):
    def __format__(self, spec):
        return f"[{spec}:{self.value}]"


def texts(count):
    parts = []
    failures = 0
    amount = Amount(1)
    for number in range(count):
        amount.value = number
        shown = Formatted(number)
        try:
            parts.append(str(amount))
            parts.append(f"{amount}-{amount!s}-{shown}-{shown:x}-{number}")
        except TypeError as error:
            failures += 1
            last = str(error)
        try:
            amount[number - 3] = number
            shown[number] = amount[number - 3]
        except KeyError as error:
            failures += error.args[0]
    return failures, last, len(parts), parts[-1], parts[100], sum(amount.log)


print(texts(200))


def numbers(count):
    total = 0
    for number in range(1, count):
        total += 10 ** (number % 25) + 2 ** number + (-number) ** 3
        quotient, rest = divmod(number * 7 - 400, number % 11 - 5 or 3)
        total += quotient * 3 + rest
        try:
            divmod(number, number % 3)
        except ZeroDivisionError:
            total += 1
        big = 1 << 70
        total += divmod(big + number, number)[1] - -big
        total = total % (10**40) if number % 2 else total
    return total, 2.0**-3, (-8) ** 2.0, 7 ** -1


print(numbers(200))

SPACE = " \t\n"
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
MIXED = frozenset(["a", "b", 1, 2.5, None, "long"])


def characters(text, times):
    spaces = letters = mixed = low = high = runs = 0
    for _ in range(times):
        position = 0
        while position < len(text):
            char = text[position]
            if char in SPACE:
                spaces += 1
            elif char in LETTERS:
                letters += 1
            if char not in MIXED:
                mixed += 1
            if char < "g":
                low += 1
            elif char >= "t":
                high += 1
            if char > "é":
                runs += 1
            position += 1
    return spaces, letters, mixed, low, high, runs


print(characters("the quick\tbrown fox jumps\nover the lazy dog", 40))
print(characters("a żółw ate ünder the öak", 40))


def joined(count):
    parts = []
    for number in range(count):
        a, b = str(number), "x" * (number % 3)
        parts.append(f"{a}{b}{number + 1}{a}{b}!{number}")
    return len("".join(parts)), parts[7], parts[-1]


print(joined(200))
