# test: run
# Appending to a string shares a buffer between old and new; neither may see the other's end.
def grow(start, pieces):
    text = start
    for piece in pieces:
        text += piece
    return text


text = grow("", ["xy"] * 100_000)
print(len(text), text == "xy" * 100_000, hash(text) == hash("xy" * 100_000))
a = text + "a"
b = text + "b"
c = a + "c"
d = a + "d"
print(text[-1], a[-2:], b[-2:], c[-3:], d[-3:], len(text), len(c))
print(a < b, c < d, a == text + "a", {c: 1}["xy" * 100_000 + "ac"])
other = text
for letter in "abc":
    text += letter
for letter in "def":
    other += letter
print(text[-4:], other[-4:])

wide = grow("é" * 300, ["ab"] * 500 + ["\u0430"] * 500 + ["\U0001f600"] * 500)
print(len(wide), wide.count("ab"), wide.count("\u0430"), wide.count("\U0001f600"))
print(wide.isascii(), len(wide.encode()), wide[299:303], wide[-1] == "\U0001f600")
narrow = wide[:1300]
print(narrow[-2:], max(narrow) == "é", narrow == "é" * 300 + "ab" * 500)

words = []
line = "-" * 300
for number in range(1000):
    line += str(number % 10)
    if number % 100 == 0:
        words.append(line)
print([len(word) for word in words], "".join(words).count("-"))
