# test: run
# Products near the edges, and factorials, powers and their inverse by division.
for a in (2**29, 2**30 - 1, 2**31, 2**32 - 1, 3037000499, 3037000500, 1518500249, 1518500250):
    print(a * a, a * -a, -a * -a, a * a // a == a, a * (a + 1) % (a + 1))
f = 1
for n in range(1, 31):
    f *= n
    print(n, f)
for n in range(30, 0, -1):
    f //= n
print(f)
x = 1
for _ in range(20):
    x = x * -7
    print(x, end=" ")
print()
print(0 * 10**30, 10**30 * 0, -1 * 2**60, 2**60 * -1, -(2**60) * -1, (-(2**63)) * -1)
