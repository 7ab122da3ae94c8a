# test: run
# The truth of objects whose class says it by a Python function, `__bool__` or `__len__`: in conditions,
# loops, `not`, `and` and `or`, results of all kinds, exits within the method, errors, changes.


class Stack:
    def __init__(self, *items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)


class Flag:
    def __init__(self, on):
        self.on = on
        self.asked = 0

    def __bool__(self):
        self.asked += 1
        if self.on == "fail":
            raise ValueError("asked too much")
        for _ in range(2):
            if self.on == 3:
                return True
        return self.on > 5


class Both(Stack):
    def __bool__(self):
        return not self.items


class Gives:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value


class Length:
    def __init__(self, value):
        self.value = value

    def __len__(self):
        return self.value


class Index:
    def __index__(self):
        return 2


def loops(n):
    told = []
    for i in range(n):
        stack = Stack(1, 2, 3)
        rounds = 0
        while stack:
            stack.items.pop()
            rounds += 1
        flag = Flag(i % 8)
        told.append((rounds, not stack, not flag, 1 if flag else 2, bool(flag), flag.asked,
                     (flag or stack) is stack, (flag and stack) is flag, not Both(), not not Both(1)))
        if not flag:
            told.append("no")
        if flag and not stack:
            told.append("yes")
    return told[-12:]


for one in loops(200):
    print(one)


def mixed(things, n):
    told = []
    for i in range(n):
        thing = things[i * len(things) // n]
        try:
            found = "yes" if thing else "no"
        except (TypeError, ValueError, OverflowError) as error:
            found = type(error).__name__, str(error)
        try:
            other = not thing
        except (TypeError, ValueError, OverflowError) as error:
            other = type(error).__name__
        if not told or told[-1] != (found, other):
            told.append((found, other))
    return told


for one in mixed([Gives(True), Gives(False), Gives(1), Gives(None), Gives(NotImplemented), Gives(0), Length(0),
                  Length(5), Length(True), Length(-1), Length(Index()), Length(1.5), Length(None),
                  Length(NotImplemented), Stack(1), Both(), Both(1), [], [1], 0.0, Flag(3), Flag("fail")], 22 * 60):
    print(one)


def changing(n):
    class Own:
        def __bool__(self):
            return True

        def __len__(self):
            return 0

    told = []
    own = Own()
    for i in range(n):
        if i == n - 40:
            Own.__bool__ = lambda self: False
        elif i == n - 30:
            Own.__len__ = lambda self: 2
        elif i == n - 20:
            del Own.__bool__
        elif i == n - 10:
            del Own.__len__
            Own.__len__ = None
        elif i == n - 5:
            del Own.__len__
        try:
            found = bool(own), not own, 1 if own else 0
        except TypeError as error:
            found = type(error).__name__
        if not told or told[-1] != found:
            told.append(found)
    return told


print(changing(200))


class Deep:
    def __init__(self, inner):
        self.inner = inner

    def __bool__(self):
        return True if self.inner else False


class Generated:
    def __bool__(self):
        yield True


class Defaults:
    def __len__(self, more=3):
        return more


def others(n):
    told = 0
    flags = [Deep(Deep(Deep(Flag(i)))) for i in range(9)]
    for i in range(n):
        if flags[i % 9]:
            told += 1
        if Defaults():
            told += 10
        while not flags[i % 9] and i % 3:
            i += 1
            told += 100
    try:
        if Generated():
            told += 1
    except TypeError as error:
        print(error)
    return told


print(others(300))


class Endless:
    def __bool__(self):
        return not self


try:
    print(not Endless())
except RecursionError as error:
    print(type(error).__name__)


def generator(n):
    for i in range(n):
        yield i if Flag(i % 8) else "not"
        while Flag(i % 8):
            i += 1
            yield i


print(list(generator(100))[-8:])
