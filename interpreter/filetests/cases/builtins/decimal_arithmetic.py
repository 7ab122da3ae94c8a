# test: run
"""Operators and named operations of decimal numbers, in contexts of several precisions."""
from decimal import *
from fractions import Fraction

D = Decimal
setcontext(Context())


def shown(function, *args):
    context = getcontext()
    context.clear_flags()
    try:
        result = function(*args)
    except (ArithmeticError, ValueError, TypeError) as error:
        result = f"{type(error).__name__}: {error}"
    flags = [signal.__name__ for signal, is_set in context.flags.items() if is_set]
    return f"{result} {flags}"


NUMBERS = [D(text) for text in (
    "0", "-0", "1", "-1.50", "7", "0.001", "1E+3", "123456789.987654321", "9.99999999999999999999999999999",
    "NaN", "sNaN5", "Infinity", "-Infinity",
)]
OPERATORS = [
    "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__divmod__", "__eq__", "__lt__",
    "compare", "compare_total", "max", "min_mag", "remainder_near", "quantize", "next_toward", "same_quantum",
]
for precision, rounding in ((3, ROUND_HALF_UP), (9, ROUND_FLOOR), (28, ROUND_HALF_EVEN)):
    setcontext(Context(prec=precision, rounding=rounding, traps=[]))
    for name in OPERATORS:
        for a in NUMBERS:
            print(name, a, [shown(getattr(a, name), b) for b in NUMBERS])

setcontext(Context())
for name in ("sqrt", "exp", "ln", "log10", "logb", "normalize", "next_plus", "next_minus", "to_eng_string", "number_class"):
    print(name, [shown(getattr(number, name)) for number in NUMBERS])
for name in ("__neg__", "__pos__", "__abs__", "__bool__", "__int__", "__float__", "__round__", "__floor__", "__ceil__",
             "__trunc__", "as_tuple", "as_integer_ratio", "adjusted", "to_integral_value", "is_signed", "copy_abs"):
    print(name, [shown(getattr(number, name)) for number in NUMBERS])

# Powers: whole, negative, fractional, with a modulus.
for base, exponent in ((2, 10), (2, -10), ("1.1", 100), (7, "0.5"), ("0.5", "-2.5"), (-3, 3), (-3, "0.5"), (0, 0), (10, 5)):
    print(base, exponent, shown(pow, D(base), D(exponent)))
print(pow(D(12345), D(678), D(997)), pow(D(-3), 3, 5), shown(pow, D(2), D("0.5"), D(3)))

# Digits: logical operations, shifts, rotations.
a, b = D("110010"), D("1011")
print(a.logical_and(b), a.logical_or(b), a.logical_xor(b), b.logical_invert(Context(prec=6)))
print(D(12345).shift(2), D(12345).shift(-2), D(12345).rotate(1, Context(prec=5)), D(5).scaleb(-3), D(2).fma(3, 5))
print(shown(a.logical_and, D(12)), shown(D(1).shift, D("0.5")), D("-0").copy_sign(D(1)), D(10).radix())

# Integers, floats and fractions.
print(D(1) + 2, 2 - D("0.5"), 3 * D("1.5"), 1 / D(8), 10**30 + D(1), divmod(7, D(2)), 2 ** D(3), True + D(1))
print(D("0.5") == 0.5, D("0.1") == 0.1, D("0.5") < 0.75, Fraction(1, 3) > D("0.3"), D(2) == 2 + 0j, D("NaN") == D("NaN"))
print(D("NaN") != 1, shown(lambda: D("NaN") < 1), shown(lambda: D("sNaN") == 1), D(1) == "1")
for wrong in (1.5, "1", None, [], 1j):
    print(shown(lambda: D(1) + wrong).split(":")[0], shown(lambda: wrong * D(1)).split(":")[0])
print(hash(D("0.5")) == hash(0.5), hash(D(10**40)) == hash(10**40), hash(D("1.10")) == hash(Fraction(11, 10)), hash(D("Infinity")))
print({D("1.0"): "one"}[1], len({D(1), D("1.00"), 1, 1.0}), shown(hash, D("sNaN")))

# Long numbers: products by every method, exact quotients and roots.
getcontext().prec = 40000
n = D(3) ** 5000
m = D(7) ** 9000
print(n.adjusted(), m.adjusted(), (n * m) // m == n, (n * m + 1) % m, (m * m).sqrt() == m, int(n) == 3**5000, D(int(m)) == m)
print(str(n)[:30], hash(m) == hash(7**9000), D(str(m)) == m)
getcontext().prec = 120
print(D(2).sqrt(), D(1).exp(), D(10).ln(), D(2).log10(), sep="\n")
