# test: run
# Lone surrogates are characters of their own; pairs do not join.
high, low = "\ud83d", "\ude00"
pair = high + low
print(len(pair), pair == "\U0001f600", ascii(pair), [ascii(char) for char in pair], ord(high), ascii(chr(0xD83D)), high < low, pair.find(low), ascii(pair[::-1]), pair.isprintable(), pair.isalpha())
print("\U0001f600".encode("utf-16-le"), ascii("\U0001f600".encode("utf-16-le").decode("utf-16-le")), ascii(pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le")))
print({high: 1}[chr(0xD83D)], high in pair, ascii(pair.upper()), ascii("a" + high + "b"), ascii(f"{high}|"), ascii(repr(high)))
for code in (0, 0x7F, 0x80, 0xFF, 0x100, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF):
    assert ord(chr(code)) == code
    print(hex(code), ascii(chr(code)), len(chr(code)))
for bad in (-1, 0x110000, 10**20):
    try:
        chr(bad)
    except (ValueError, OverflowError) as error:
        print(type(error).__name__)
for bad in ("", "ab", b"", b"ab", 5):
    try:
        ord(bad)
    except TypeError as error:
        print(error)
print(ord(b"a"), ord("€"), chr(8364), ord(bytearray(b"z")))
