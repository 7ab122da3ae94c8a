# test: run
# Characters and strings compared and looked for in loops: by operators of all kinds, of texts of
# each width, of characters from many sources, and in containers that are constants or change.
SPACE = " \t\n\r"
DIGITS = "0123456789"
VOWELS = frozenset("aeiou\u20ac")
MARKS = ("+", "-", "**", "")

TEXTS = [
    "12 + a34\t- bee\n",
    "caf\u00e9 \u00fcber 7\u00df",
    "\u20ac 5 and 6 \u0660 \U0001f600 x",
    "",
    "e",
]


def classify(text):
    counts = [0] * 9
    position = 0
    while True:
        char = text[position] if position < len(text) else ""
        if char == "":
            break
        if char in SPACE:
            counts[0] += 1
        elif char in DIGITS:
            counts[1] += 1
        elif char in VOWELS:
            counts[2] += 1
        elif char in MARKS:
            counts[3] += 1
        elif char < " ":
            counts[4] += 1
        elif char >= "\u0080" and char <= "\u00ff":
            counts[5] += 1
        elif char > "\u00ff":
            counts[6] += 1
        if char not in ("a", "b", "7"):
            counts[7] += 1
        found = char in "xyz\u20ac"
        counts[8] += found + (char != "e") * 2
        position += 1
    return counts


def classified(rounds):
    total = [0] * 9
    for n in range(rounds):
        for text in TEXTS:
            total = [a + b for a, b in zip(total, classify(text))]
    return total


print(classified(30))


def sources(n):
    grown = ""
    grown += chr(97 + n % 26)
    return [
        "abc"[n % 3],
        chr(97 + n % 5),
        "xay"[1:2],
        "".join(["a"]),
        grown,
        str(n % 10),
        "\u0101"[0:1],
        "ab",
        "",
    ]


def from_sources(rounds):
    seen = {}
    for n in range(rounds):
        for kind, one in enumerate(sources(n)):
            key = kind, one == "a", one != "b", one < "b", one <= "1", one > "a", one >= "c", one in "abc1", one in ("a", "")
            seen[key] = seen.get(key, 0) + 1
    return sorted(seen.items())


for line in from_sources(60):
    print(line)


def words(rounds):
    total = 0
    same = "number"
    for n in range(rounds):
        kind = ("number", "text", "name", "num" + "ber" * (n % 2), same)[n % 5]
        if kind == "number":
            total += 1
        elif kind == "text":
            total += 10
        if kind != "name":
            total += 100
        if kind == same:
            total += 1000
        if kind is same and kind == kind:
            total += 10000
    return total


print(words(200))


def numbers(rounds):
    total = 0
    for n in range(rounds):
        value = (n % 7, n % 7 + 0.0, n % 2 == 1, str(n % 7), n << 70, None)[n % 6]
        if value in (1, 2, 5):
            total += 1
        if value in {0, 3}:
            total += 10
        if value not in (2, 4, "3", None):
            total += 100
        total += (n % 9 in (1, 4, 7)) * 1000
    return total


print(numbers(300))


class Text(str):
    def __eq__(self, other):
        return str.__len__(self) == len(other)

    __hash__ = str.__hash__

    def __contains__(self, item):
        return item == "z"


def subclassed(rounds):
    total = 0
    texts = ["a", Text("b"), "b", Text("zz"), "zz"]
    for n in range(rounds):
        one, other = texts[n % 5], texts[n * 3 % 5]
        total += one == other
        total += (one in other) * 10
        total += (one in ("a", "zz")) * 100
        total += ("z" in one) * 1000
        total += (one < "b") * 10000
    return total


print(subclassed(200))

KEYS = "ab"


def changed(rounds):
    global KEYS
    total = 0
    for n in range(rounds):
        if "abc"[n % 3] in KEYS:
            total += n
        if n == rounds // 2:
            KEYS = "bc" if total % 2 else ["c"]
        if n == rounds * 3 // 4:
            KEYS = {"a": 1}
    return total


print(changed(400))


def in_texts(rounds):
    total = 0
    texts = ["one \u00e9", "tw\u014d \u20ac", "\U0001f600 three", "t" * 300]
    for n in range(rounds):
        text = texts[n % 4]
        for char in ("e", "t", "\u00e9", "\u20ac", "\U0001f600", "\u014d", "ne", ""):
            if char in text:
                total = total * 3 % 1000003 + n
    return total


print(in_texts(100))

for bad in (1, None, b"a"):
    try:
        for n in range(100):
            total = (bad if n == 99 else "a") in "abc"
    except TypeError as error:
        print(error)


def ordered(rounds):
    failed = 0
    for n in range(rounds):
        left = "a" if n % 10 else 1
        try:
            if left < "b":
                failed += 1
        except TypeError as error:
            failed += 1000
            message = str(error)
    return failed, message


print(ordered(100))


def appended(rounds):
    # A list that lives long is appended to, shortened and appended to again.
    kept = []
    for n in range(rounds):
        kept.append(str(n) + "!")
        if n % 1000 == 999:
            del kept[-300:]
        if n % 777 == 0:
            kept.pop()
            kept.append((n,))
        if n % 5000 == 0:
            kept[len(kept) // 2] = [n]
    return len(kept), kept[::2500], kept[-1]


print(appended(40000))
