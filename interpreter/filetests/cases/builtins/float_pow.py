# test: run
# Powers of floats, exact cases and specials.
inf, nan = float("inf"), float("nan")
print(2.0**3, 2.0**-1, 2**0.5, 4.0**0.5, (-2.0) ** 3, (-2.0) ** -3, 0.0**0, 0.0**5, nan**0, 1.0**nan, 1**inf, (-1) ** inf, 2.0**10)
print(inf**2, (-inf) ** 3, (-inf) ** 2, inf**-1, (-inf) ** -1, 0.5**inf, 2.0**inf, 2.0**-inf, inf**0)
print(10.0**15, 10.0**-5, 1e10**2, 9.0**0.5, 2.0**1023, 2.0**-1074, 2.0**-1080, (-0.0) ** 3, (-0.0) ** 2)
try:
    10.0**400
except OverflowError as error:
    print(type(error).__name__)
print(pow(2.0, 3), pow(2, 3.0), pow(2.5, 2))
try:
    pow(2.0, 3, 5)
except TypeError as error:
    print(error)
print(type((-8.0) ** 0.5), True**0.5, 2**-2, 10**-2)
