# test: run
# Texts in base64 with and without what is no digit, at every length; and numbers of few bytes.
import base64
import binascii

LONG = bytes((n * 37 + 11) % 256 for n in range(200))


def decoded(text, strict):
    try:
        return binascii.a2b_base64(text, strict_mode=strict)
    except binascii.Error as error:
        return str(error)


for length in list(range(9)) + [57, 200]:
    data = LONG[:length]
    text = base64.b64encode(data)
    assert decoded(text, False) == decoded(text, True) == data
    assert base64.b64decode(text.decode()) == data
    # What is no digit is passed over, wherever it is.
    for at in range(len(text) + 1):
        with_line = text[:at] + b"\r\n \xff" + text[at:]
        assert decoded(with_line, False) == data, (length, at)
        told = decoded(with_line, True)
        assert isinstance(told, str) or at >= len(text.rstrip(b"=")), (length, at, told)
    assert base64.decodebytes(base64.encodebytes(data)) == data

for text in [
    b"", b"A", b"AA", b"AAA", b"AAAA", b"AAAAA", b"AAAAAA", b"AA=", b"AA==", b"AA===", b"A=A=", b"A==A", b"=AAA",
    b"==AAAA", b"AAAA=", b"AAAA==", b"AAAA====", b"AAA=AAAA", b"AA==AAAA", b"AAA=A", b"AA=\n=", b"A\nA\n=\n=\nAAAA",
    b"AAAA=AAA", b"AAAA\x80AAAA", b"-_-_", b"AA!!==", b"////", b"+/+/", b"zZ09",
]:
    print(text, decoded(text, False), decoded(text, True))

for length in range(10):
    data = LONG[3:3 + length]
    for order in ("big", "little"):
        for signed in (False, True):
            number = int.from_bytes(data, order, signed=signed)
            print(length, order, signed, number)
            assert number == int.from_bytes(bytearray(data), order, signed=signed)
            assert number.to_bytes(length, order, signed=signed) == data
for data in (b"\xff" * 7, b"\x80" + bytes(6), b"\x7f" + b"\xff" * 6, b"\xff", b"\x80", b"\x00"):
    print(data, int.from_bytes(data), int.from_bytes(data, signed=True), int.from_bytes(data, "little", signed=True))


class Number(int):
    pass


class Data(bytes):
    def __bytes__(self):
        return b"\x05"


print(type(Number.from_bytes(b"\x07")), int.from_bytes(Data(b"\x01\x02")))

array = bytearray(b"ab")
view = memoryview(array)
for more in (b"cd", bytearray(b"ef"), memoryview(b"gh"), "ij", [1]):
    try:
        array += more
    except (BufferError, TypeError) as error:
        print(type(error).__name__, error)
view.release()
array += b"cd"
array += b""
print(array)
