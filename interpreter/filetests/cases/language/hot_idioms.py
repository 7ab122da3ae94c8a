# test: run
"""`%` of constant formats, `getattr` and its like of constant names, `int` of text and queues, in loops,
with what makes each of them differ from the common case."""

from collections import deque


def show(f, n=300):
    found = []
    for i in range(n):
        try:
            found.append(f(i))
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}")
    print(found[0], found[n // 2], found[-1], len(set(map(str, found))))


class Text(str):
    def __str__(self):
        return "own"

    def __mod__(self, other):
        return "mod"


class Number(int):
    def __str__(self):
        return "number"


class Shown:
    def __str__(self):
        return "shown"

    def __rmod__(self, other):
        return "never for a string"


# Formats.
show(lambda i: "%d-%s" % (i, "a"))
show(lambda i: "%s%s%%%i" % (i, "ä€", -i))
show(lambda i: "item %u" % i)
show(lambda i: "%s" % "x")
show(lambda i: "%s" % ("x" if i & 1 else i,))
show(lambda i: "%d" % (i if i & 1 else i + 0.5))
show(lambda i: "%s|%s" % (Text("a"), Number(i)))
show(lambda i: "%d" % Number(i))
show(lambda i: Text("%d") % i)
show(lambda i: "%s" % Shown())
show(lambda i: "%s %s" % (True, None))
show(lambda i: "%d" % True)
show(lambda i: "%d" % (1 << 70) + "%d" % (i - (1 << 60)))
show(lambda i: "%s %s" % (i, i * 0.5))
show(lambda i: "%05.1f %-4d| %+x %r %c" % (i, i, i, i, i + 40))
show(lambda i: "%(a)s" % {"a": i})
show(lambda i: "%s" % [i])
show(lambda i: "%s" % ((i, 2),))
show(lambda i: "%d %d" % (i, "a" if i > 100 else 1))
show(lambda i: "%d" % "a")
show(lambda i: "%d %d" % (i,))
show(lambda i: "%d" % (i, 1))
show(lambda i: "no field" % i)
show(lambda i: "no field" % () + "%%" % ())
show(lambda i: "%q" % i)
show(lambda i: "%d%" % i)
show(lambda i: "%s%s%s%s%s%s%s" % (1, 2, 3, 4, 5, 6, i))


def in_place(n):
    for i in range(n):
        text = "%s:%d"
        text %= ("k", i)
    return text


print(in_place(300))
pairs = [("a", 1), ("b", 2, 3), ("c",), ("d", 4)]
show(lambda i: "%s=%d" % pairs[i & 3])


# Attributes.
class Point:
    kind = "point"
    __slots__ = ("x", "__dict__")

    def method(self):
        return 1

    @property
    def double(self):
        return self.x * 2

    @staticmethod
    def static():
        return 3

    @classmethod
    def own(cls):
        return cls.__name__


class Late(Point):
    def __getattr__(self, name):
        if name == "absent":
            raise AttributeError(name)
        return name.upper()


class Asked(Point):
    def __getattribute__(self, name):
        return "asked" if name == "x" else super().__getattribute__(name)


def point(cls=Point, **more):
    made = cls()
    made.x = 5
    made.y = 6
    for key, value in more.items():
        setattr(made, key, value)
    return made


p, late, asked = point(), point(Late), point(Asked)
for one in (p, late, asked, Point, list, 5, "text", None):
    show(lambda i: str(getattr(one, "x"))[:7])
    show(lambda i: getattr(one, "y", i))
    show(lambda i: getattr(one, "absent", i))
    show(lambda i: hasattr(one, "absent"))
    show(lambda i: hasattr(one, "method"))
    show(lambda i: getattr(one, "double", None) == 10)
for name in ("method", "static", "own"):
    show(lambda i: getattr(p, "method")() + getattr(p, "static")() + len(getattr(p, "own")()))
show(lambda i: getattr(p, "x" if i & 1 else "kind"))
show(lambda i: getattr(p, 5))
show(lambda i: getattr(p, Text("x")))
show(lambda i: setattr(p, "x", i) or p.x)
show(lambda i: setattr(p, "double", i))
show(lambda i: setattr(point(), "new", i))
show(lambda i: setattr(5, "new", i))


def changing(n):
    found = []
    thing = point()
    for i in range(n):
        if i == n // 2:
            Point.absent = "class"
        elif i == n - 10:
            thing.absent = "own"
        elif i == n - 5:
            del Point.absent
            del thing.absent
        found.append((getattr(thing, "absent", "none"), hasattr(thing, "absent")))
    return [one for at, one in enumerate(found) if not at or one != found[at - 1]]


print(changing(400))


# Numbers.
texts = ["12", "-7", "+5", "0", "007", "9" * 17, "9" * 18, "9" * 40, " 3 ", "1_000", "٣٤", "-0"]
show(lambda i: [int(text) for text in texts])
show(lambda i: int("" if i == 299 else "4"))
for wrong in ("", "-", "+", "1a", "1 2", "--1", "1__0", "²", "1.5", "\0"):
    show(lambda i: int(wrong))
show(lambda i: int(Text("12")) + int(b"12") + int("12", 8))


# Queues.
class Own(deque):
    def __len__(self):
        return 7

    def append(self, item):
        super().append(item * 2)

    def __iter__(self):
        return iter([1, 2, 3])


class True_(deque):
    def __bool__(self):
        return False


def queue(cls, n):
    found, q = 0, cls()
    for i in range(n):
        q.append(i)
        q.appendleft(-i)
        if len(q) > 20:
            found += q.popleft() * 3 + q.pop()
        if q:
            found += 1
        if not q:
            found += 1000
    return found, len(q), sum(q), [x for x in q][:3]


print(queue(deque, 500), queue(Own, 500), queue(True_, 500))


def drain(n):
    q, out = deque([n]), []
    while q:
        x = q.popleft()
        out.append(x)
        if x > 1:
            q.extend((x // 2, x - x // 2))
    return len(out), sum(out)


print(drain(700))
q = deque([1, 2, 3], maxlen=3)
show(lambda i: (q.append(i), list(q), q.rotate(1), q[0], q[-1], len(q))[1:])
show(lambda i: q[i])
show(lambda i: deque().pop())
show(lambda i: deque().popleft())


def changed(n):
    q, seen = deque(range(n)), 0
    try:
        for x in q:
            seen += 1
            if x == n - 50:
                q.append(1)
    except RuntimeError as error:
        return seen, str(error)


print(changed(300))


def walks(n):
    q, found = deque(range(10)), 0
    for i in range(n):
        for x in q:
            found += x
        for x in reversed(q):
            found -= x
        q.append(q.popleft())
    return found, list(q)


print(walks(100))
