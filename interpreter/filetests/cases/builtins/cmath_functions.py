# test: run
"""Every function of `cmath` where the parts are signed zeros, infinities and no numbers."""
import cmath, math
inf, nan = math.inf, math.nan
parts = [-inf, -2.5, -1.0, -0.0, 0.0, 0.3, 1.0, 1e308, 5e-324, inf, nan]
names = "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh polar isfinite isinf isnan".split()
def text(f):
    # Eleven digits: the last ones depend on the system's functions of real numbers.
    if isinstance(f, bool): return str(f)
    if isinstance(f, float): return "%+.11g" % f
    if isinstance(f, tuple): return "(%s)" % ", ".join(map(text, f))
    return text(f.real) + "," + text(f.imag)
for name in names:
    function = getattr(cmath, name)
    for x in parts:
        row = []
        for y in parts:
            try: row.append(text(function(complex(x, y))))
            except (ValueError, OverflowError) as error: row.append(type(error).__name__)
        print(name, x, *row)
for r in parts:
    row = []
    for phi in parts:
        try: row.append(text(cmath.rect(r, phi)))
        except (ValueError, OverflowError) as error: row.append(type(error).__name__)
    print("rect", r, *row)


class Near:
    def __complex__(self):
        return 1 + 2j


class Index:
    def __index__(self):
        return 3


print(text(cmath.exp(Near())), text(cmath.sqrt(Index())), text(cmath.log(8, 2)), text(cmath.log(1j, 1 + 1j)))
print(cmath.phase(-1), cmath.phase(1j), cmath.phase(complex(-1.0, -0.0)))
print(cmath.isclose(1, 1 + 1e-10j), cmath.isclose(1, 1.1, rel_tol=0.1), cmath.isclose(inf, inf), cmath.isclose(1, 2, abs_tol=1))
print(cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.nan, cmath.infj, cmath.nanj)
for bad in (lambda: cmath.exp("x"), lambda: cmath.log(2, 0), lambda: cmath.isclose(1, 2, rel_tol=-1)):
    try:
        print(bad())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
