# test: run
# Native functions called with keywords: those that are left out, given twice, unknown, and by subclasses.
import binascii


def kinds(texts):
    out = []
    for text in texts:
        out.append(text.split(sep=",", maxsplit=1))
        out.append(text.encode(errors="strict"))
        out.append(text.expandtabs(tabsize=2))
    return out


class Text(str):
    pass


class Index:
    def __index__(self):
        print("asked")
        return 1


TEXTS = ["a,b,c", "\tx", "", Text("p,q,r"), "é,ü"]
for _ in range(4):
    found = kinds(TEXTS)
print(found)


def failing(call, wrong):
    raised = 0
    for i in range(30):
        try:
            call("a b c", wrong if i > 20 else None)
        except (TypeError, ValueError, LookupError) as error:
            raised += 1
            last = type(error).__name__
    print(raised, last if raised else None)


failing(lambda text, n: text.split(sep=n), 5)
failing(lambda text, n: text.split(maxsplit=1 if n is None else "x"), 5)
failing(lambda text, n: text.split(maxsplit=n) if n else text.split(maxsplit=2), 7)
failing(lambda text, n: text.encode(encoding="ascii" if n is None else "no-such"), 5)
failing(lambda text, n: text.encode("ascii", encoding="ascii"), 5)
failing(lambda text, n: text.encode(unknown=1), 5)
failing(lambda text, n: text.join(iterable=[]), 5)
failing(lambda text, n: binascii.b2a_base64(b"abc", True), 5)
failing(lambda text, n: binascii.b2a_base64(data=b"abc"), 5)
failing(lambda text, n: binascii.b2a_base64(newline=False), 5)
failing(lambda text, n: binascii.a2b_base64(b"YWI=" if n is None else b"YW", strict_mode=True), 5)


def asks(index):
    return "a b c d".split(maxsplit=index)


for i in range(30):
    parts = asks(1 if i < 28 else Index())
print(parts)


def sorts(items, key):
    items = list(items)
    items.sort(key=key, reverse=True)
    return items


def measured(text):
    if text == "zz":
        raise ValueError(text)
    return len(text)


for i in range(30):
    print(sorts(["a", "ccc", "bb"], measured)) if i > 28 else sorts(["a", "ccc", "bb"], measured)
try:
    sorts(["a", "zz"], measured)
except ValueError as error:
    print("raised", error)


def bound(method, n):
    return method(sep=".", maxsplit=n)


for i in range(30):
    all = [bound(text.split, 1) for text in ("a.b.c", "d", "..")]
print(all)
