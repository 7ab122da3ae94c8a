# test: run
# The limit on the digits of conversions between integers and decimal text, as it is at first and as
# a program sets it.
import sys


def tried(f):
    try:
        return f()
    except ValueError as error:
        return str(error)


def lengths():
    for digits in (640, 641, 700, 4300, 4301):
        text = "1" * digits
        print(digits, tried(lambda: int(text) % 1000), tried(lambda: len(str(10 ** (digits - 1)))))


print(sys.get_int_max_str_digits())
lengths()
sys.set_int_max_str_digits(640)
print(sys.get_int_max_str_digits())
lengths()
sys.set_int_max_str_digits(0)
lengths()
print(tried(lambda: sys.set_int_max_str_digits(639)))
print(int("0x" + "f" * 5000, 16) % 1009, int(" 12 "), int("\u0661\u0662"), int("-1_000"))
for text in ("", " ", "1 2", "--1", "1__0", "0x1", "\u20ac", "1\u20ac", "+", "9" * 30, " \n7\t"):
    print(ascii(text), tried(lambda: int(text)))
for text in ("1.5", " 2.5 ", "1e3", "-inf", "nan", "1_0.5", "1__0.5", ".5", "5.", "", "x", "1.5x", "\u0661.5"):
    print(ascii(text), tried(lambda: float(text)))
