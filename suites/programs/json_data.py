"""Documents for the JSON programs: nested records as services exchange them."""

WORDS = ("alpha", "beta", "gamma", "Größe", "naïve", "日本", "emoji \U0001f600", "tab\there", 'quote "x"', "back\\slash")


def record(number):
    """One record: texts, numbers of all kinds, flags, lists and objects."""
    word = WORDS[number % len(WORDS)]
    return {
        "id": number,
        "name": f"{word} {number}",
        "active": number % 3 != 0,
        "parent": None if number % 5 == 0 else number - 1,
        "score": number * 0.37 - 12.5,
        "tiny": 1.5e-7 * (number + 1),
        "big": 12345678901234567890 + number,
        "tags": [WORDS[(number + step) % len(WORDS)] for step in range(number % 6)],
        "position": {"x": number % 17 - 8, "y": -number, "path": [[1, 2, [3, []]], {}]},
        "text": "line one\nline two \u2028 end " * (1 + number % 2),
    }


def document(size):
    return {"version": 3, "count": size, "records": [record(number) for number in range(size)]}
