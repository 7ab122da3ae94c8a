# test: run
# Complex numbers: literals, arithmetic, repr, parse.
print(1j, 2 + 3j, -1j, complex(0, -0.0), 1.5 + 2.5j, complex(1e20, -3), complex("1+2j"), complex("j"), complex(" -3.5 "), complex("(1-2j)"), complex("inf"), complex("nan+infj"))
a, b = 3 + 4j, 1 - 2j
print(a + b, a - b, a * b, a / b, a**2, a**0, -a, +a, abs(a), a.real, a.imag, a.conjugate(), a == 3 + 4j, a != b, hash(3 + 0j) == hash(3), bool(0j), bool(a))
print(a + 1, 1 + a, 2.5 * a, a == 3, (3 + 0j) == 3, a / 2)
for operation in (lambda: a < b, lambda: a // b, lambda: a % b, lambda: int(a), lambda: float(a)):
    try:
        operation()
    except TypeError as error:
        print(type(error).__name__)
try:
    a / 0
except ZeroDivisionError as error:
    print(type(error).__name__)
for text in ("1+", "1 + 2j", "x", "1+2", ""):
    try:
        complex(text)
    except ValueError as error:
        print(error)
print(f"{a}", f"{a:.2f}", [1j], repr(complex(-0.0, -0.0)), complex(1, 2), complex(real=1, imag=2), complex(2.5))
