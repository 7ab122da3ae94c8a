# test: run
# Word counts, caesar and run-length codes, justification, templates, CSV, diffs.
TEXT = """The quick brown fox jumps over the lazy dog. The dog sleeps;
the fox doesn't. "Quick!" said the dog — très vite, naïvely: 42 times."""
def words(text):
    word = ""
    for char in text.lower() + " ":
        if char.isalpha() or char == "'" and word:
            word += char
        elif word:
            yield word
            word = ""
counts = {}
for word in words(TEXT):
    counts[word] = counts.get(word, 0) + 1
print(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:6], len(counts))
def caesar(text, shift):
    def turn(c, base):
        return chr((ord(c) - base + shift) % 26 + base)
    return "".join(turn(c, 65) if "A" <= c <= "Z" else turn(c, 97) if "a" <= c <= "z" else c for c in text)
assert caesar(caesar(TEXT, 13), 13) == TEXT
print(caesar("Hello, Wörld!", 3))
def encode(text):
    out, i = [], 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        out.append(f"{j - i}{text[i]}" if j - i > 1 else text[i])
        i = j
    return "".join(out)
def decode(text):
    out, number = "", ""
    for c in text:
        if c.isdigit():
            number += c
        else:
            out += c * int(number or 1)
            number = ""
    return out
for sample in ("aaabccddddd", "abc", "", "😀😀😀é"):
    assert decode(encode(sample)) == sample
    print(encode(sample))
def justify(text, width):
    line, length = [], 0
    for word in text.split():
        if length + len(word) + len(line) > width:
            gaps = len(line) - 1 or 1
            for i in range(width - length):
                line[i % gaps] += " "
            yield "".join(line)
            line, length = [], 0
        line.append(word)
        length += len(word)
    yield " ".join(line)
print(*justify(TEXT, 24), sep="|\n")
def parse_csv(text):
    rows, row, cell, quoted = [], [], "", False
    i = 0
    while i < len(text):
        c = text[i]
        if quoted:
            if c == '"' and text[i + 1 : i + 2] == '"':
                cell += '"'
                i += 1
            elif c == '"':
                quoted = False
            else:
                cell += c
        elif c == '"':
            quoted = True
        elif c == ",":
            row.append(cell)
            cell = ""
        elif c == "\n":
            rows.append(row + [cell])
            row, cell = [], ""
        else:
            cell += c
        i += 1
    return rows
print(parse_csv('name,age\n"Smith, J",42\n"say ""hi""",\n,,\n'))
def lcs(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    i, j, out = len(a), len(b), []
    while i and j:
        if a[i - 1] == b[j - 1]:
            out.append(a[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return "".join(reversed(out))
def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, last = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y)))
    return row[-1]
print(lcs("interpreter", "integrator"), distance("kitten", "sitting"), distance("", "abc"))
def roman(n):
    out = ""
    for value, digits in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split()):
        while n >= value:
            out, n = out + digits, n - value
    return out
print([roman(n) for n in (1, 4, 9, 14, 40, 90, 400, 1994, 2024, 3999)])
print("\n".join(f"{w:<8}|{c:>3}|{'#' * c:^5}|{c / len(counts):7.2%}" for w, c in sorted(counts.items())[:5]))
