# test: run
# Comparison between floats and integers is exact, however big the integer.
pairs = [
    (1, 1.0), (2**53, 2.0**53), (2**53 + 1, 2.0**53), (2**60, 2.0**60), (2**60 - 1, 2.0**60), (2**63, 2.0**63), (2**63 - 1, 2.0**63),
    (2**64 + 1, 2.0**64), (10**22, 1e22), (10**23, 1e23), (10**300, 1e300), (10**400, 1e308), (0, -0.0), (-1, -1.5), (3, 2.9999999999999996),
    (-(2**63), -(2.0**63)), (-(2**63) - 1, -(2.0**63)),
]
for whole, real in pairs:
    print(whole == real, whole != real, whole < real, whole <= real, whole > real, whole >= real, real == whole, real < whole, real > whole)
inf, nan = float("inf"), float("nan")
for whole in (0, 1, -1, 2**60, 10**400, -(10**400)):
    print(whole < inf, whole > -inf, whole == inf, whole < nan, whole > nan, whole == nan, whole != nan, inf > whole)
print(hash(1.0) == hash(1), hash(2.0**60) == hash(2**60), hash(2.0**64) == hash(2**64), hash(1e300) == hash(int(1e300)), hash(0.5), hash(-0.0), hash(inf), hash(-inf), hash(0.1), hash(1e-320), hash(-2.5))
print({1: "a", 1.0: "b", True: "c"}, 1.0 in [1], 2**53 + 1 in {2.0**53}, [nan] == [nan], nan in [nan], (nan,) == (float("nan"),))
print(max(1, 1.0), min(1.0, 1), sorted([2, 1.5, 1, 0.5]), 0.1 + 0.2 == 0.3, True == 1.0)
