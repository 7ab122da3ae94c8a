# test: run
# Every binary operator over values around the small-integer, word and big edges.
EDGES = [0, 1, -1, 2, -2, 3, 7, -7, 10, 255, 256, -256]
for bits in (31, 32, 59, 60, 61, 62, 63, 64, 127, 128):
    for base in (1 << bits, -(1 << bits)):
        EDGES.extend((base - 1, base, base + 1))

def fold(values):
    total = 0
    for value in values:
        total = (total * 1000003 + hash(value)) % (2**61 - 1)
    return total

OPERATORS = [
    ("+", lambda a, b: a + b),
    ("-", lambda a, b: a - b),
    ("*", lambda a, b: a * b),
    ("//", lambda a, b: a // b if b else "zero"[:0]),
    ("%", lambda a, b: a % b if b else "zero"[:0]),
    ("&", lambda a, b: a & b),
    ("|", lambda a, b: a | b),
    ("^", lambda a, b: a ^ b),
    ("<", lambda a, b: a < b),
    ("<=", lambda a, b: a <= b),
    ("==", lambda a, b: a == b),
    ("!=", lambda a, b: a != b),
    (">", lambda a, b: a > b),
    (">=", lambda a, b: a >= b),
]
for sign, operator in OPERATORS:
    print(sign, fold(operator(a, b) for a in EDGES for b in EDGES))
for a in EDGES:
    print(a, -a, +a, ~a, abs(a), bool(a), a.bit_length(), a.bit_count(), hash(a))
