# test: run
# Methods of builtin types as descriptors.
import enum


def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)


for function in (str.title, str.__len__, len, "a".title, dict.__dict__["fromkeys"], lambda: 0):
    print(hasattr(function, "__get__"))
show("bound", lambda: str.title.__get__("abc")())
show("bound", lambda: str.__len__.__get__("abc", str)())
show("of the class", lambda: str.title.__get__(None, str) is str.title)
show("of nothing", lambda: str.title.__get__(None))
show("of another", lambda: str.title.__get__(5))


class Title(str):
    pass


show("of a subclass", lambda: str.title.__get__(Title("abc"))())


class Book(enum.StrEnum):
    author = "author"
    title = "title"


show("enum", lambda: (Book.author.title(), Book.title.title(), Book.title.author is Book.author))

for template, given in (
    ("% %s", 1), ("%%", 1), ("% %", ()), ("%5%", ()), ("%d%%", 5), ("%-%", ()), ("%(a)%", {"a": 1}),
    (b"% %s", 1), (b"%d%%", 5),
):
    show("percent", lambda: template % given)

show("hexadecimal", lambda: (float.fromhex("\f0x1p3\v"), float.fromhex("\n1.8\r")))
show("buffers", lambda: (int(memoryview(b"12")), float(memoryview(b" 1.5 ")), int(bytearray(b"7"))))
show("buffers", lambda: int(memoryview(b"12"), 16))
