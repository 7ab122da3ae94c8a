# test: run
"""Division with the highest precision needs only the digits that there are."""
import decimal
c = decimal.getcontext(); c.prec = decimal.MAX_PREC; c.Emax = decimal.MAX_EMAX; c.Emin = decimal.MIN_EMIN
D = decimal.Decimal
for a, b in ((7, 2), (-7, 2), (7, -2), (10**30, 7), (0, 5), (5, 10**20), ("1e50", 3), ("1.5", "0.4"), ("-1e-7", 3)):
    a, b = D(a), D(b)
    print(a // b, a % b, divmod(a, b))
def factorial(n, m):
    if n > m: return factorial(m, n)
    if m == 0: return 1
    if n == m: return n
    return factorial(n, (n + m) // 2) * factorial((n + m) // 2 + 1, m)
print(len(str(factorial(D(300), 0))), factorial(D(30), 0))
print(D(2) // D("inf"), D(3) % D("inf"))
c.prec = 3
try: D(10**5) // D(3)
except decimal.InvalidOperation as e: print(type(e).__name__)
