# test: run
"""Decimal numbers as text, by format specifications, from and to other types; subclasses."""
import copy
import math
import numbers
import pickle
from decimal import *

D = Decimal


def error(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for text in ("0", "-0", "0E+2", "0E-9", "1.50", "1E+5", "-1.23E-7", "0.000001", "0.0000001", "123456789012345678901234567890", "1E-30",
             "12345678901234567890.5", " 7 ", "1_000.5", "\u0663.\u0661", "inf", "-Infinity", "nan", "-sNaN12", "+.5e3", "5.", "0.0000000"):
    number = D(text)
    print(repr(number), str(number), number.to_eng_string(), number.as_tuple())
for text in ("", "x", "1e", "e5", ".", "--1", "1 2", "_1_", "nan1x", "0x10", "1e9999999999999999999", "\u0663x"):
    print(repr(text), error(D, text) if text != "_1_" else "")
for parts in ((0, (1, 2, 3), -2), [1, [0], 0], (0, (), 5), (1, (), "F"), (0, (1, 2), "n"), (1, (7,), "N"),
              (2, (1,), 0), (0, (10,), 0), (0, (1,), "x"), (0, (1,)), (0, 1, 2), (0, ("1",), 0), (0, (1,), 1.5)):
    print(parts, error(D, parts))
print(error(D, None), error(D, 1j), error(D, b"1"), error(D, "1", 2), D(True), D(-10**40), D(0.1), D(-0.0), D(float("-inf")), D(2.0**70))
print(D.from_float(0.25), D.from_float(3), error(D.from_float, "1"), D(), D("7", Context(prec=1)), D(value="1.5"))

for spec in ("", "e", ".3e", "E", "f", ".2f", ".0f", "g", ".3g", ".0g", "%", ".1%", "10", "<10.1f", ">10.1f", "^11.1f", "=+10.1f", "*^20",
             "+", " ", "-", "08.2f", "012", ",", ",.2f", "020,.3f", "n", "z.1f", "+.1e", "015.3e"):
    print(spec, [format(D(text), spec) for text in ("0", "-0.04", "1234567.891", "-1E+7", "2.5E-8", "99.995", "NaN", "-Infinity")])
print(f"{D('3.14159'):.2f} {D('1e3'):,} {D(7)!r} %s %r" % (D("1.0"), D("1.0")), "{:>8}".format(D("2.50")))
for spec in ("d", "x", ".", "+-1", "<010", "s"):
    print(spec, error(format, D(1), spec))
with localcontext(rounding=ROUND_UP, capitals=0):
    print(format(D("1.21"), ".1f"), format(D("1E+9")), D("1E+9"), repr(D("1E+9")))
separators = {"decimal_point": ",", "thousands_sep": ".", "grouping": "\x03\x02"}
print(D("123456789.5").__format__("n", separators), error(D(1).__format__, "n", {"decimal_point": "xx"}), error(D(1).__format__, 5))

for text in ("0", "2.5", "-2.5", "3.5", "1E+3", "12345678901234567890.999", "0.1", "NaN", "Infinity"):
    number = D(text)
    print(text, [error(function, number) for function in (int, float, complex, round, math.floor, math.ceil, math.trunc, bool, hash if text[0] != "N" else bool)],
          error(number.as_integer_ratio), error(round, number, 1), error(round, number, -1))
print(round(D("1.25"), 1), round(D("-1.35"), 1), round(D(15), -1), error(round, D(1), 1.5), error(round, D(1), 40))
print(math.sqrt(D(2)), D("1.5").real, D("1.5").imag, D("1.5").conjugate(), isinstance(D(1), numbers.Number), isinstance(D(1), numbers.Real))
print(sum([D("0.1")] * 10), min(D(1), D("0.5"), 0.75), sorted([D(3), 1, D("2.5")]), abs(D(-1)), max([D("NaN"), D(1)], key=str))


class Money(Decimal):
    def __new__(cls, value="0", unit="EUR"):
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __str__(self):
        return f"{super().__str__()} {self.unit}"

    def __radd__(self, other):
        return Money(super().__radd__(other), self.unit)


money = Money("1.50", "CHF")
print(money, repr(money), money.unit, type(money + 1), 1 + money, type(D(1) + money), money == D("1.5"), hash(money) == hash(D("1.5")))
print(type(Money.from_float(0.5)), copy.copy(money) is money, type(D(money)), D(money), money * 2, f"{money:.1f}", {money: 1}[D("1.5")])
for number in (D("1.50"), D("-NaN7"), D("Infinity")):
    print(pickle.loads(pickle.dumps(number)), copy.copy(number) is number, copy.deepcopy(number) is number, number.__reduce__())
print(D(D("2.0")), D("2.0").canonical(), D("12").adjusted(), error(setattr, D(1), "x", 1).split(":")[0], error(setattr, D, "x", 1).split(":")[0])
print(MAX_PREC, MAX_EMAX, MIN_EMIN, MIN_ETINY, HAVE_CONTEXTVAR, DecimalTuple._fields, D(1).as_tuple().exponent)
