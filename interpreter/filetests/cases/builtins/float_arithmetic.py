# test: run
# Arithmetic with signs, zeros, infinities and NaN.
inf, nan = float("inf"), float("nan")
VALUES = (0.0, -0.0, 1.0, -1.0, 2.5, -7.25, 1e308, -1e308, 5e-324, inf, -inf, nan)
for a in VALUES:
    print(a, [a + b for b in VALUES])
    print([a - b for b in VALUES])
    print([a * b for b in VALUES])
    print([a / b for b in VALUES if b], [a // b for b in VALUES if b], [a % b for b in VALUES if b])
    print(-a, +a, abs(a), bool(a), [a < b for b in VALUES], [a == b for b in VALUES])
for operation in (lambda: 1.0 / 0.0, lambda: 1.0 // 0.0, lambda: 1.0 % 0.0, lambda: divmod(1.0, 0.0), lambda: 1 / 0.0, lambda: 0.0**-1):
    try:
        operation()
    except ZeroDivisionError as error:
        print(type(error).__name__)
print(divmod(7.5, 2), divmod(-7.5, 2), divmod(7.5, -2), divmod(-7.5, -2.0), 5.0 // 0.1, 5.0 % 0.1, -1e-20 % 1.0, 1e300 * 1e10)
