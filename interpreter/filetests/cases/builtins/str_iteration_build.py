# test: run
# Building texts in loops, widening on the way; iteration and comparison.
text = ""
for code in (97, 233, 0x20AC, 0x1F600, 98):
    text += chr(code)
    print(len(text), ascii(text), [ord(char) for char in text])
for index in range(len(text), 0, -1):
    text = text[: index - 1]
    print(ascii(text), len(text.encode()), text == "aé€😀b"[: index - 1])
parts = []
for number in range(200):
    parts.append(f"{number:03d}")
joined = "".join(parts)
print(len(joined), joined[:12], joined[-6:], joined.count("9"), hash(joined) == hash("".join(parts)))
s = ""
for number in range(300):
    s += str(number % 10)
    if number % 100 == 99:
        s += "é" if number < 200 else "日"
print(len(s), s.count("5"), s[100], s[201], s[-1], s == s[:150] + s[150:])
it = iter("añ")
print(next(it), next(it), next(it, "end"), list(zip("ab", "日本")), dict(zip("ab", range(2))), [c for c in "xyz" if c != "y"], any(c.isdigit() for c in "ab1"), " ".join(map(str.upper, "abc")), sum(map(ord, "abc")), list(enumerate("é😀", 1)))
a, b, *c = "hello"
print(a, b, c, *"ab", sep="|")
