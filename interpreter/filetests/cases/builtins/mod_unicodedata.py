# test: run
# unicodedata: properties, names, normal forms. Characters that have not changed for long.
import unicodedata as u

for c in "aZ5 \u00e9\u00df\u0130\u0663\u00bd\u2167\u4e2d\u3042\u0301\uff21\u05d0\u0628(<\u221e\u20ac\u2028\ue000\ud800\U0001f600\U00010400\x00\xad\u1e9b":
    print(
        ascii(c), u.category(c), u.bidirectional(c), u.combining(c), u.east_asian_width(c),
        u.mirrored(c), repr(u.decomposition(c)), u.decimal(c, None), u.digit(c, None), u.numeric(c, None),
        u.name(c, "-"),
    )
for name in ("LATIN SMALL LETTER E WITH ACUTE", "greek small letter alpha", "CJK UNIFIED IDEOGRAPH-4E2D", "HANGUL SYLLABLE GA", "SNOWMAN", "GRINNING FACE"):
    print(name, ascii(u.lookup(name)), u.name(u.lookup(name)))
for text in ("\u00e9", "e\u0301", "\ufb01", "\u1e9b\u0323", "\uac00", "\u1100\u1161", "A\u030a", "\u212b", "plain", "x\ud800e\u0301", ""):
    print([(form, ascii(u.normalize(form, text)), u.is_normalized(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")])
old = u.ucd_3_2_0
print(old.unidata_version, old.category("a"), old.category("\U0001f600"), old.name("a"), old.name("\U0001f600", "-"), old.normalize("NFC", "e\u0301"))
print(u.unidata_version >= "14", type(old).__name__)


def attempt(f, *arguments):
    try:
        print(f(*arguments))
    except (ValueError, KeyError) as error:
        print(type(error).__name__, error)
    except TypeError as error:
        print("TypeError")


attempt(u.decimal, "x")
attempt(u.digit, "x")
attempt(u.numeric, "x")
attempt(u.decimal, "\u00b2")
attempt(u.name, "\x00")
attempt(u.lookup, "NO SUCH NAME")
attempt(u.category, "ab")
attempt(u.category, 1)
attempt(u.normalize, "NFX", "a")
attempt(u.normalize, "NFC", 1)
attempt(u.UCD)
