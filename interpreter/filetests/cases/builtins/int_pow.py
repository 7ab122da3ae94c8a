# test: run
# Powers: integer, negative exponent, with a modulus, big.
print(2**0, 0**0, 0**5, (-2) ** 3, -(2**2), (-3) ** 4, 2**10, 2**100, (-2) ** 101)
print(2**-1, (-2) ** -2, 10**-3, 4**0.5, (-8) ** (1 / 3))
print(pow(2, 10), pow(2, 10, 1000), pow(3, 200, 13), pow(-3, 3, 7), pow(3, 3, -7), pow(7, 0, 1), pow(0, 0, 5))
print(pow(3, -1, 11), pow(38, -1, 97), pow(10, -3, 7), pow(2**200 + 1, 2**100 + 3, 10**50 + 7))
print(pow(123456789, 987654321, 1000000007), pow(2**61, 2**61, 2**61 - 1))
for args in ((2, -1, 4), (3, 3, 0), (2, 0.5, 3), ("2", 3)):
    try:
        print(pow(*args))
    except (ValueError, TypeError, ZeroDivisionError) as error:
        print(type(error).__name__)
print(3**100)
print(10**50 == 100000000000000000000000000000000000000000000000000)
print(True**True, False**False, type(True**2), 2**True)
