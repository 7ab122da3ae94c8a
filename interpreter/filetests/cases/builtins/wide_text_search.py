# test: run
"""Searching in texts whose characters take one, two and four bytes, for texts of each width."""
import re

ASTRAL = "\U0001f600"
texts = {
    "ascii": "abcabc-xyz-abc " * 3,
    "latin": "abé-éabc-ÿxyz " * 3,
    "bmp": "ab\u20ac-\u20acabc-\u0101xyz " * 3,
    "astral": f"ab{ASTRAL}-{ASTRAL}abc-\u0101xyz " * 3,
    "surrogate": "ab\ud800-\udfffabc-xyz " * 3,
}
needles = ["a", "abc", "", "é", "éa", "\u20ac", "\u20aca", ASTRAL, ASTRAL + "a", "\ud800", "\ud800-", "zz", "\x41"]
for name, text in texts.items():
    for needle in needles:
        found = [
            text.find(needle), text.find(needle, 5), text.rfind(needle), text.rfind(needle, 0, 30),
            text.count(needle), text.count(needle, 3, -3), needle in text,
            text.startswith(needle, 2), text.endswith(needle),
        ]
        if needle:
            head, middle, tail = text.partition(needle)
            found += [len(head), len(middle), len(tail), len(text.rpartition(needle)[0])]
            found += [len(text.split(needle)), len(text.split(needle, 1)), len(text.rsplit(needle, 2)[-1])]
        found.append(len(text.replace(needle, "<>")))
        found.append(len(text.replace(needle, ASTRAL + "\u20ac", 2)))
        print(name, ascii(needle), *found)
    print(name, len(text.split()), len(text.split(None, 1)[-1]), len(text.rsplit(None, 1)[0]),
          len(text.splitlines()), len(text.strip()), len(text.strip("ab ")), len(text.rstrip("z ")))
    # Far in, and at the ends of blocks.
    for length in (0, 1, 15, 16, 17, 31, 32, 33, 100):
        long = text[2] * length + "Q" + text
        assert long.index("Q") == length == long.find("Q", length), (name, length)
        assert long.find("Q", length + 1) == -1
        assert long.rindex("Q") == length

# Lines that end in what only wide texts have.
print([ascii(line) for line in f"a\u2028b\x85c{ASTRAL}\r\nd\u2029".splitlines(True)])

patterns = [
    r"a(b)?(.)", r"(?<=b)\W", r"[^\x00-\xff]+", r"\w+$", r"(?i)É", r"(?:ab.-)+", r"\b\w{3}\b",
    rf"[{ASTRAL}\u20ac]a", r"(.)\1", r"(?<!a)b|x(?=y)", r".*?z", r"\Z", "",
]
for name, text in texts.items():
    for source in patterns:
        pattern = re.compile(source)
        print(name, ascii(source),
              [m.span() for m in pattern.finditer(text)],
              ascii(pattern.findall(text, 3, 20)),
              [pattern.match(text, at) is not None for at in range(0, 16)],
              pattern.fullmatch(text, 2, 5) is not None,
              ascii(pattern.sub("<\\g<0>>", text, 3)),
              len(pattern.split(text)))

data = bytes(range(256)) * 3
for source in (rb"[\x80-\xff]+", rb"\w+", rb"(\d)(\d)", b""):
    pattern = re.compile(source)
    for subject in (data, bytearray(data), memoryview(data)):
        print(source, type(subject).__name__,
              [m.span() for m in pattern.finditer(subject, 0, 300)][:8],
              pattern.match(subject, 48), len(pattern.split(subject)),
              len(pattern.sub(b"-", subject)), pattern.findall(subject, 40, 60)[:4])
