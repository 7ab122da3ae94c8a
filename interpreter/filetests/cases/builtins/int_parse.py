# test: run
# int() of texts in all bases, with signs, spaces, underscores and other digits.
for text, base in (
    ("0", 10), ("-0", 10), ("  42  ", 10), ("+7", 10), ("1_000", 10), ("ff", 16), ("0xFF", 16), ("-0xff", 0),
    ("0b101", 0), ("0o17", 0), ("101", 2), ("0b101", 2), ("zz", 36), ("Z", 36), ("77", 8), ("0o77", 8),
    ("1152921504606846975", 10), ("1152921504606846976", 10), ("-1152921504606846976", 10), ("-1152921504606846977", 10),
    ("9223372036854775807", 10), ("9223372036854775808", 10), ("123456789012345678901234567890", 10),
    ("0x_ff", 0), ("\t12\n", 10), ("٣٤", 10), ("１２", 10), ("ffffffffffffffffffffffff", 16), ("000123", 10),
):
    print(repr(text), base, int(text, base))
for text, base in (
    ("", 10), ("  ", 10), ("1__0", 10), ("_1", 10), ("1_", 10), ("0x", 16), ("g", 16), ("2", 2), ("012", 0), ("1.5", 10),
    ("- 1", 10), ("--1", 10), ("1e3", 10), ("abc", 10), ("9", 8), ("\u00b2", 10),
):
    try:
        print(int(text, base))
    except ValueError as error:
        print(error)
for args in (("1", 1), ("1", 37), ("1", -2)):
    try:
        int(*args)
    except ValueError as error:
        print(error)
print(int(), int(3.99), int(-3.99), int(True), int(b"12"), int(bytearray(b"-5")), int("0", 0), int(1e20), int(-1e25))
for bad in (None, [], {}):
    try:
        int(bad)
    except TypeError as error:
        print(error)
try:
    int(5, 10)
except TypeError as error:
    print(error)
for bad in (float("inf"), float("nan")):
    try:
        int(bad)
    except (OverflowError, ValueError) as error:
        print(type(error).__name__, error)
