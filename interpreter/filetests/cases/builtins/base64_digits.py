# test: run
# base64 of all lengths, with what is no digit in it, and tables of translation.
import base64
import binascii
import io

DATA = bytes(n * 37 % 256 for n in range(400))
for _ in range(3):
    for n in list(range(20)) + [95, 96, 97, 98, 99, 190, 191, 192, 193, 400]:
        piece = DATA[:n]
        text = base64.b64encode(piece)
        assert base64.b64decode(text) == piece, n
        assert base64.b64decode(text.decode()) == piece
        assert base64.urlsafe_b64decode(base64.urlsafe_b64encode(piece)) == piece
        assert binascii.b2a_base64(piece) == text + b"\n"
        assert binascii.b2a_base64(bytearray(piece), newline=False) == text
        assert binascii.a2b_base64(memoryview(text)) == piece
        lines = b"\n".join(text[at : at + 76] for at in range(0, len(text), 76))
        assert base64.b64decode(lines) == piece
        mixed = b"*".join(text[at : at + 3] for at in range(0, len(text), 3))
        assert base64.b64decode(mixed) == piece
        assert base64.encodebytes(piece) == binascii.b2a_base64(piece) or not 0 < n <= 57
        assert base64.b85decode(base64.b85encode(piece)) == piece
        assert binascii.unhexlify(binascii.hexlify(piece)) == piece
print(base64.b64encode(DATA[:50]), base64.b64encode(b""), base64.b64encode(b"a"), base64.b64encode(b"ab"))
for text in [b"YQ", b"Y", b"YQ=", b"YWJj=", b"=YWJj", b"YWJjZ", b"YW=Jj", "YWé", b"YWJj" * 40 + b"Y"]:
    for strict in (False, True):
        results = set()
        for _ in range(20):
            try:
                results.add(repr(binascii.a2b_base64(text, strict_mode=strict)))
            except ValueError as error:
                results.add(f"{type(error).__name__} {error}")
        print(text[:9], strict, results)

TABLE = bytes(range(255, -1, -1))


def translated(data):
    return data.translate(TABLE), data.translate(None, b"a"), data.translate(TABLE, delete=b"ab"), data.translate(None)


for _ in range(30):
    found = translated(b"abcab"), translated(bytearray(b"xay")), translated(b"")
print(found)
own = bytearray(TABLE)
print(own.translate(own)[:4], own.translate(TABLE, own))
for wrong in (b"short", 5, "text"):
    try:
        b"abc".translate(wrong)
    except (ValueError, TypeError) as error:
        print(type(error).__name__)


def written(n):
    file = io.BytesIO()
    places = []
    for i in range(n):
        places.append(file.tell())
        file.write(b"ab" * (i % 3))
        if i % 10 == 9:
            places.append(len(file.getvalue()))
            file.seek(1)
            places.append(file.read(2))
            file.seek(0, 2)
    return places, file.getvalue()


for _ in range(5):
    result = written(30)
print(result)


def closed(file, n):
    try:
        for i in range(n):
            if i == 25:
                file.close()
            file.tell()
            file.getvalue()
    except ValueError as error:
        return i, str(error)


print(closed(io.BytesIO(b"abc"), 30)[0], closed(io.StringIO("abc"), 30))
text = io.StringIO()
for i in range(40):
    text.write("é" if i % 7 == 0 else "a")
    if text.tell() != i + 1 or len(text.getvalue()) != i + 1:
        print("wrong", i)
print(text.getvalue())
