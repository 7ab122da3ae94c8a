# test: run
# Floor division, remainder and divmod: signs, edges, big operands.
for a in (7, -7, 0, 6, -6, 1, -1):
    for b in (3, -3, 2, -2, 7, -7, 1, -1):
        q, r = divmod(a, b)
        assert (a // b, a % b) == (q, r) and q * b + r == a
        print(a, b, q, r)
big = 10**40
for a in (big, -big, big + 7, -big - 7, 2**60, -(2**60), 2**63, -(2**63)):
    for b in (3, -3, 10**20, -(10**20), 10**39 + 1, -1, 1, 2**60, -(2**60), 2**64):
        q, r = divmod(a, b)
        assert q * b + r == a and (r == 0 or (r > 0) == (b > 0)) and abs(r) < abs(b)
        print(q, r)
for operation in (lambda: 1 // 0, lambda: 1 % 0, lambda: divmod(1, 0), lambda: 10**30 // 0, lambda: 10**30 % 0):
    try:
        operation()
    except ZeroDivisionError as error:
        print(type(error).__name__)
print(divmod(True, 2), divmod(5, True))
