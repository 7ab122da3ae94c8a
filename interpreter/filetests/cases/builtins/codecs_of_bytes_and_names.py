# test: run
# UTF-7, and the codecs that are no encodings of text or only of names.
import codecs
import io
import random


def refused(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e)


for text in ("", "plain", "+", "a+b", "\xe9", "\xe9-", "\xe9a", "\xe9 b", "Hi \u263a!", "\U0001f600x", "~\\", "\ud800", "A\u2262\u0391."):
    data = text.encode("utf-7", "surrogatepass")
    print(ascii(text), data, refused(data.decode, "utf-7") == text)
for data in (b"+", b"+-", b"+AGE", b"+AGE-", b"+AG-", b"+AGF-x", b"+!", b"\xe9", b"a+IKw-b", b"+2D3eAA-", b"+2D0-", b"+AAAAAAA-", b"ok+", b"+IKwx"):
    print(data, ascii(refused(data.decode, "utf-7")), ascii(data.decode("utf-7", "replace")), ascii(data.decode("utf7", "ignore")))
rng = random.Random(1)
for _ in range(300):
    text = "".join(rng.choice("a+-/~\\ \n\xe9\u1234\U0001f600Z9") for _ in range(rng.randrange(12)))
    data = text.encode("utf-7")
    assert data.decode("utf-7") == text, (text, data)
    decoder = codecs.getincrementaldecoder("utf-7")()
    pieces = [decoder.decode(data[at:at + 1], at == len(data) - 1) for at in range(len(data))]
    assert "".join(pieces) == text, (text, data)
print(codecs.utf_7_decode(b"a+AG"), codecs.utf_7_encode("a\xe9"))

print(codecs.encode(b"\x01\xff", "hex"), codecs.decode(b"01ff", "hex"), codecs.encode(b"abc", "base64"))
print(codecs.encode("Hello", "rot13"), codecs.decode(codecs.encode(b"x" * 50, "zlib"), "zlib") == b"x" * 50)
print(codecs.decode(codecs.encode(b"y" * 50, "bz2"), "bz2") == b"y" * 50, codecs.encode(b"a=b\xe9", "quopri"))
print("b\xfccher.example".encode("idna"), b"xn--bcher-kva.example".decode("idna"), "b\xfccher".encode("punycode"), b"bcher-kva".decode("punycode"))
print("ascii.host".encode("idna"), refused("a..b".encode, "idna")[0])
for wrong in ("x".encode, "rot13"), (b"x".decode, "hex"), ("x".encode, "hex"):
    print(refused(*wrong))
print(refused(codecs.decode, b"0", "hex")[0], refused(codecs.lookup, "no such"))
