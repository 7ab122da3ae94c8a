# test: run
# Encodings that are tables, and those that a program brings.
import codecs

text = "Grüße, €uro"
for name in ("cp1252", "windows-1252", "iso8859_15", "latin9"):
    data = text.encode(name)
    print(name, data, data.decode(name) == text)
print("Привет".encode("koi8-r"), "Привет".encode("cp1251").decode("cp1251"), bytes([0x84, 0x94]).decode("cp437"))
print("a\u1234b".encode("cp1252", "replace"), "a\u1234b".encode("cp1252", "xmlcharrefreplace"), b"\x81".decode("cp1252", "replace"))
for bad in (lambda: "\u1234".encode("cp1252"), lambda: b"\x81".decode("cp1252"), lambda: "x".encode("nonsense")):
    try:
        bad()
    except (UnicodeError, LookupError) as error:
        print(type(error).__name__, error)


def search(name):
    if name == "upper":
        return codecs.CodecInfo(
            lambda text, errors="strict": (text.upper().encode(), len(text)),
            lambda data, errors="strict": (bytes(data).decode().lower(), len(data)),
            name="upper",
        )
    return None


codecs.register(search)
print("abc".encode("upper"), b"ABC".decode("upper"), codecs.lookup("upper").name)
