# test: run
# Calls with `*` and `**` in hot loops, and functions that collect what is left over.


def first(*values):
    return values[0] if values else None


def keyed(a, /, b=2, *more, c=3, **rest):
    return a, b, more, c, tuple(rest.items())


class Adder:
    def __init__(self, *values, **named):
        self.total = sum(values) + sum(named.values())

    def add(self, *values, **named):
        return self.total + len(values) + len(named)

    def passed_on(self, *values, **named):
        return self.add(*values, **named)


def decorated(function):
    def inner(*values, **named):
        return function(*values, **named)

    return inner


@decorated
def plain(a, b=10):
    return a * b


def spreads(rounds):
    total = 0
    pair, triple, empty = (1, 2), [3, 4, 5], ()
    for number in range(rounds):
        total += first(*pair) + first(*triple) + (first(*empty) is None)
        total += plain(number) + plain(number, 3) + plain(*pair)
        total += Adder(*pair).total + Adder(*triple, x=number).total
        total += Adder(1).passed_on(*triple) + Adder(2).passed_on(1, 2, k=3)
    return total


print(spreads(1500))


def collects(rounds):
    seen = {}
    for number in range(rounds):
        told = (
            keyed(1),
            keyed(number % 3, 5, 6, 7),
            keyed(1, c=4, d=5),
            keyed(1, a=8, z=number % 2),
            keyed(*(1, 2, 3), **{}),
            keyed(*[1], **{"b": 7, "e": 8}),
        )
        seen[told] = seen.get(told, 0) + 1
    for told, count in sorted(seen.items()):
        print(count, told)


collects(1200)


def lengths(rounds):
    total = 0
    for number in range(rounds):
        total += len(keyed(*range(1, 2 + number % 6))[2])
        total += len(keyed(*[0] * (1 + number % 20))[2])
        total += max(*(number, 7)) + min(*[number, 3, 5])
    return total


print(lengths(2000))


def wrong(rounds):
    messages = {}
    for number in range(rounds):
        try:
            if number % 4 == 0:
                plain(*())
            elif number % 4 == 1:
                keyed(*(1, 2), **{"b": 3})
            elif number % 4 == 2:
                plain(*(1, 2, 3))
            else:
                first(*number)
        except TypeError as error:
            messages[str(error)] = messages.get(str(error), 0) + 1
    for message, count in sorted(messages.items()):
        print(count, message)


wrong(1200)


def kept(rounds):
    all_values = []
    for number in range(rounds):
        all_values.append(keyed(number, *[number], x=number)[4])
    return all_values[0], all_values[-1], len(set(all_values))


print(kept(1000))


def shared(**named):
    named["extra"] = 1
    return named


def separate(rounds):
    for number in range(rounds):
        if len(shared(a=number)) != 2 or len(shared()) != 1:
            return number
    return "each its own"


print(separate(1500))


# More positional arguments than an operand of an instruction can number.
def many(*values, named):
    return len(values), values[4464], values[-1], named


print(many(*range(70000), named="named"))
