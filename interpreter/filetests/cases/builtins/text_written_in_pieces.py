# test: run
# Text files over what tells itself whether it is closed, in encodings that change.
import io

raw = io.BytesIO()
text = io.TextIOWrapper(raw, encoding="us-ascii", errors="xmlcharrefreplace", newline="\n")
for i in range(300):
    text.write("<a>%d</a>\n" % i)
text.write("\xe4\u20ac")
text.flush()
print(len(raw.getvalue()), raw.getvalue()[-14:])
text.reconfigure(encoding="utf-8", errors="strict", newline="\r\n")
text.write("\xe4\n")
text.reconfigure(encoding="utf-16-le")
text.write("b\n")
text.flush()
print(raw.getvalue()[-8:], text.encoding, text.errors)
raw.close()
try:
    text.write("c")
except ValueError as error:
    print(error)


class Closes(io.BytesIO):
    told = 0

    @property
    def closed(self):
        Closes.told += 1
        return Closes.told > 20


text = io.TextIOWrapper(Closes(), encoding="latin-1")
try:
    for i in range(40):
        text.write("x")
except ValueError as error:
    print(error)


class Plain(io.RawIOBase):
    def __init__(self):
        self.parts = []

    def writable(self):
        return True

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)


plain = Plain()
text = io.TextIOWrapper(io.BufferedWriter(plain), encoding="utf-8-sig", write_through=False)
for i in range(5):
    text.write("\xfc%d" % i)
text.flush()
print(b"".join(plain.parts))
text.detach()

import codecs
from collections import deque

try:
    io.TextIOWrapper(io.BytesIO(), encoding="no-such")
except LookupError as error:
    print(error)
text = io.TextIOWrapper(io.BytesIO(b"a\x00\n\x00b\x00"), encoding="utf-16-le")
print(text.readline(), text.readline(), text.encoding.lower().replace("_", "-")[:3])

# What is asked item by item without its class.
lines = deque("abc" * 50)
print(len("".join(lines)), list(reversed(lines))[:3], len(set(lines)), sorted(lines)[-1])


def changes():
    own = deque(range(10))

    class Item:
        def __init__(self, at):
            self.at = at

        def __hash__(self):
            if self.at == 3:
                own.append(1)
            return self.at

    own = deque(Item(at) for at in range(10))
    return set(own)


try:
    changes()
except RuntimeError as error:
    print(error)

# Iterators of itertools, many of each sort, apart from each other.
import itertools

first, second = itertools.chain("ab", "cd"), itertools.chain("xy")
print(next(first), next(second), next(first), next(second), list(first), list(second))
made = [itertools.combinations("abcd", 2) for _ in range(3)]
print([next(each) for each in made], ["".join(next(made[0])) for _ in range(3)], next(made[1]))
counts = [itertools.count(at, 2) for at in range(3)]
print([next(each) + next(each) for each in counts], counts)
left, right = itertools.tee(iter("abc"))
print(next(left), list(right), list(left))
products = [itertools.product("ab", repeat=2) for _ in range(2)]
print(["".join(item) for item in products[0]], "".join(next(products[1])))
