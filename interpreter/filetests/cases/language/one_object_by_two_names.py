# test: run
# An object that compiled code has by two names gets another shape by one of them.


class P:
    def __init__(self):
        self.p = 1


class D(P):
    q = 5


for cls in (P, D):
    # Later objects have room for these.
    for _ in range(300):
        one = cls()
        one.q = 1
        one.r = 2
        one.s = 3


def pairs(cls):
    made = [(cls(), cls()) for _ in range(1000)]
    for at in range(600, 1000, 50):
        made[at] = (made[at][0],) * 2
    return made


def both_add(items):
    for a, b in items:
        a.p + b.p
        a.q = 10
        b.r = 20


def one_adds(items):
    found = []
    for a, b in items:
        a.p + b.p
        a.q = 10
        try:
            found.append(b.q)
        except AttributeError:
            found.append(None)
    return found


def hides_class(items):
    found = []
    for a, b in items:
        a.p + b.p
        a.q = 10
        found.append(b.q)
    return found


def deletes(items):
    found = []
    for a, b in items:
        a.p + b.p
        a.q = 10
        b.r = 20
        del a.p
        found.append((hasattr(b, "p"), b.r))
    return found


def own_dict(items):
    found = []
    for a, b in items:
        a.p + b.p
        a.__dict__["p"] = 7
        b.q = 3
        found.append((b.p, a.__dict__.get("q")))
    return found


items = pairs(P)
both_add(items)
print({tuple(vars(a).items()) for a, b in items if a is b})
print({(tuple(vars(a).items()), tuple(vars(b).items())) for a, b in items if a is not b})
print(one_adds(pairs(P))[550::50])
print(hides_class(pairs(D))[550::50])
print(deletes(pairs(P))[550::50])
print(own_dict(pairs(P))[550::50])


def later(a, b, n, at):
    """What the loop knows of one, a part that is reached late changes by the other."""
    total = 0
    for i in range(n):
        total += b.p
        if i > at:
            a.q = i
            if i > at + 60:
                total += getattr(b, "q", 0)
                b.r = i
        total += a.p
    return total, sorted(vars(a).items()), sorted(vars(b).items())


for _ in range(3):
    print(later(P(), P(), 300, 100))
    same = P()
    print(later(same, same, 300, 100))
    same = D()
    print(later(same, same, 300, 100))
shared = P()


def of_global(a, n):
    total = 0
    for i in range(n):
        total += shared.p
        a.q = i
        total += shared.q if a is shared else 1
        shared.r = i
        total += a.p
    return total, sorted(vars(a).items()), sorted(vars(shared).items())


print(of_global(P(), 200))
print(of_global(shared, 200))
shared = P()
print(of_global(shared, 200))


def made_within(items):
    """One was made in the trace, and is known under another name by way of a list."""
    found = []
    for at in range(len(items)):
        one = P()
        items[at] = one
        other = items[at if at % 60 else 0]
        other.p
        one.q = at
        other.r = -at
        found.append((sorted(vars(one)), other.p))
    return found[55:65]


print(made_within([None] * 300))


class Init:
    """The object that is being made is known under two names where an exit lies in `__init__`."""

    def __init__(self, *args):
        self.a = 1
        if len(args) == 3:
            self.args = "three"
        else:
            self.args = args
        self.b = 2
        self.c = 3


def makes(n, *args):
    found = None
    for _ in range(n):
        made = Init(*args)
        if not made:
            return
        made.d = made.c
        found = sorted(vars(made).items())
    return found


print(makes(200), makes(200, 1, 2, 3), makes(200, 1))
