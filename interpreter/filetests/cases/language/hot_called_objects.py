# test: run
# Objects that are called in hot loops: `__call__` is looked up on the class, follows its changes,
# and takes arguments as any function does; and classes without an `__init__` of their own.


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, value, offset=0, *more, key=None):
        if key is not None:
            return key, value * self.factor
        return value * self.factor + offset + len(more)


class Child(Scale):
    pass


class Fixed:
    @staticmethod
    def __call__(value):
        return -value


class Made(dict):
    __call__ = dict.get


class Plain:
    pass


class Lazy:
    def __call__(self, count):
        for number in range(count):
            yield number


def total(callee, rounds):
    result = 0
    for number in range(rounds):
        result += callee(number)
    return result


def forms(callee, rounds):
    result = 0
    for number in range(rounds):
        result += callee(number, 2) + callee(number, offset=3) + callee(number, 1, 2, 3)
        result += callee(number, key="k")[1]
    return result


print(total(Scale(3), 2000), total(Child(5), 2000), total(Fixed(), 2000))
print(forms(Scale(2), 1000))


def mixed(callees, rounds):
    result = 0
    for number in range(rounds):
        result += callees[number % len(callees)](number)
    return result


print(mixed([Scale(1), Child(2), Fixed(), abs, lambda value: value], 3000))

made = Made({number: number * 2 for number in range(400)})
made_total = 0
for number in range(500):
    made_total += made(number, -1)
print(made_total)

# An attribute of the object itself is not what is called.
shadowed = Scale(4)
shadowed.__call__ = None
print(total(shadowed, 500))


def changing(rounds):
    callee = Child(1)
    seen = []
    for number in range(rounds):
        if number == 700:
            Child.__call__ = lambda self, value: 1000
        if number == 1400:
            del Child.__call__
        seen.append(callee(number))
    return sum(seen), seen[699], seen[700], seen[1399], seen[1400]


print(changing(2000))


def wrong(callee, rounds):
    count = 0
    for number in range(rounds):
        try:
            callee(number) if number % 300 else callee()
        except TypeError as error:
            count += 1
            if count == 2:
                print(error)
    return count


print(wrong(Scale(1), 1000), wrong(Fixed(), 1000), wrong(Plain(), 900))


def objects(rounds):
    kept = None
    for number in range(rounds):
        made = Plain()
        made.number = number
        if number % 100 == 0:
            kept = made
    return kept.number, type(kept) is Plain


print(objects(1000))
try:
    for number in range(300):
        Plain() if number != 250 else Plain(number)
except TypeError as error:
    print(error)

print(sum(sum(Lazy()(number % 5)) for number in range(600)))


class Deep:
    def __call__(self, depth):
        return 0 if depth == 0 else 1 + self(depth - 1)


print(sum(Deep()(number % 30) for number in range(400)))
try:
    Deep()(10**6)
except RecursionError as error:
    print(type(error).__name__)
