# test: run
# math: values, specials, errors, integer functions.
import math
inf, nan = math.inf, math.nan
print(math.pi, math.e, math.tau, math.inf, math.nan)
print(math.sqrt(2), math.sqrt(0), math.sqrt(1e300), math.floor(2.7), math.floor(-2.7), math.ceil(2.1), math.ceil(-2.1), math.trunc(-2.7), math.floor(10**20), math.floor(1e20), math.fabs(-3), math.copysign(3, -0.0), math.fmod(7, 3), math.fmod(-7, 3), math.modf(3.75), math.modf(-3.75), math.frexp(8.0), math.frexp(0.0), math.ldexp(0.5, 4), math.ldexp(1.0, -1074))
print([round(f(0.5), 12) for f in (math.sin, math.cos, math.tan, math.asin, math.acos, math.atan, math.sinh, math.cosh, math.tanh, math.asinh, math.atanh, math.exp, math.expm1, math.log, math.log2, math.log10, math.log1p, math.erf, math.erfc, math.gamma, math.lgamma, math.exp2, math.cbrt)])
print(round(math.atan2(1, -1), 12), math.atan2(0.0, -0.0), math.hypot(3, 4), math.hypot(1, 2, 2), math.hypot(), math.dist((1, 2), (4, 6)), round(math.pow(2, 0.5), 12), math.degrees(math.pi), round(math.radians(180), 12), math.acosh(1), math.exp(0), math.log(1), math.log(8, 2), math.log2(8), math.log10(1000), math.log(10**400) > 900, round(math.log2(2**2000)))
print(math.factorial(0), math.factorial(20), math.factorial(30), math.gcd(12, 18), math.gcd(0, 5), math.gcd(-4, 6), math.gcd(), math.gcd(12, 18, 27), math.gcd(2**70, 2**65 * 3), math.lcm(4, 6), math.lcm(), math.lcm(0, 5), math.isqrt(0), math.isqrt(99), math.isqrt(10**40), math.isqrt(2**64 - 1), math.comb(5, 2), math.comb(50, 25), math.comb(2, 5), math.perm(5, 2), math.perm(5), math.prod([1, 2, 3]), math.prod([], start=5), math.prod([0.5, 4]))
print(math.isnan(nan), math.isinf(-inf), math.isfinite(1e308), math.isclose(0.1 + 0.2, 0.3), math.isclose(1, 1.1), math.isclose(1, 1.1, rel_tol=0.2), math.isclose(0, 1e-10, abs_tol=1e-9), math.isclose(inf, inf), math.fsum([0.1] * 10), math.fsum([1e16, 1.0, -1e16]), math.fsum([]), math.remainder(7, 2), math.remainder(-5, 3), math.nextafter(1.0, 2.0), math.ulp(1.0), math.ulp(0.0), math.sumprod([1, 2], [3, 4]))
for action in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.log(-1), lambda: math.factorial(-1), lambda: math.factorial(1.5), lambda: math.acos(2), lambda: math.exp(1000), lambda: math.pow(0, -1), lambda: math.fmod(1, 0), lambda: math.isqrt(-1), lambda: math.sqrt("x"), lambda: math.floor(inf), lambda: math.floor(nan), lambda: math.gcd(1.5), lambda: math.comb(-1, 2), lambda: math.ldexp(1.0, 5000), lambda: math.gamma(-1), lambda: math.sin(inf), lambda: math.sqrt(), lambda: math.dist((1,), (1, 2)), lambda: math.floor("x"), lambda: math.trunc("x")):
    try:
        print(action())
    except (ValueError, OverflowError, TypeError) as error:
        print(type(error).__name__)
print(math.sqrt(inf), math.exp(-inf), math.exp(-1000), math.atan(inf) == math.pi / 2, math.pow(1, nan), math.pow(nan, 0), math.hypot(inf, nan), math.fmod(5, inf), math.copysign(1, nan) in (1.0, -1.0), math.log(inf), math.tanh(inf), math.ceil(-0.5), math.sqrt(-0.0), math.floor(-0.0))
class N:
    def __float__(self): return 4.0
    def __floor__(self): return "floor!"
    def __ceil__(self): return "ceil!"
    def __trunc__(self): return "trunc!"
    def __index__(self): return 6
print(math.sqrt(N()), math.floor(N()), math.ceil(N()), math.trunc(N()), math.gcd(N(), 4), math.factorial(N()), math.sqrt(True), math.sqrt(10**30))
tiny = math.ulp(0.0)
print([math.nextafter(x, y) for x in (tiny, -tiny) for y in (0.0, -0.0)], math.nextafter(0.0, -0.0))
print(math.sumprod([-0.0, 0.0], [1.0, -1.0]), math.sumprod([-0.0], [1.0]))
