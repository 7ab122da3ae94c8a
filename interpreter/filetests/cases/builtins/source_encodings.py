# test: run
# Source in encodings of many kinds, and pieces of encoded text that end in the midst of a character.
import codecs
import io

SOURCES = [
    b"# coding: koi8-r\nx = '\xc9'",
    b"# coding: cp1252\nx = '\x80'",
    b"# -*- coding: iso-8859-15 -*-\nx = '\xa4'",
    b"# coding: latin-1\nx = '\x80'",
    b"# coding: ascii\nx = 'a'",
    b"# coding: ascii\nx = '\xc3\xa9'",
    b"# coding: no-such-encoding\nx = 1",
    b"# coding: hex\nx = 1",
    b"# coding: cp1252\nx = '\x81'",
    b"# coding: utf-7\nx = '+AOk-'",
]
for source in SOURCES:
    try:
        space = {}
        exec(compile(source, "source", "exec"), space)
        print(ascii(space["x"]))
    except SyntaxError as e:
        print(type(e).__name__, e.msg)

for encoding in "raw-unicode-escape", "unicode-escape", "utf-8", "utf-16", "utf-7", "koi8-r":
    text = "foo\nbar\r\nbaz\rspam\u2028eggs" if encoding != "koi8-r" else "foo\nbar\u0438"
    data = text.encode(encoding)
    decoder = codecs.getincrementaldecoder(encoding)()
    pieces = [decoder.decode(data[at:at + 1]) for at in range(len(data))] + [decoder.decode(b"", True)]
    print(encoding, "".join(pieces) == text)
    for size in 1, 2, 3, 5, 10, 40:
        reader = codecs.getreader(encoding)(io.BytesIO(data))
        lines = list(iter(lambda: reader.readline(size), ""))
        assert "".join(lines) == text, (encoding, size, lines)


def search(name):
    return "not four" if name == "wrong" else None


codecs.register(search)
try:
    codecs.lookup("wrong")
except TypeError as e:
    print(e)
codecs.unregister(search)
try:
    codecs.lookup("wrong")
except LookupError as e:
    print(e)
