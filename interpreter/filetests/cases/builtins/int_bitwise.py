# test: run
# And, or, xor, not on negative and big numbers (two's complement without end).
values = [0, 1, -1, 0b1100, -0b1100, 2**60, -(2**60), 2**64 - 1, -(2**64), 2**100 + 5, -(2**100) - 5]
for a in values:
    print(a, [a & b for b in values])
    print([a | b for b in values])
    print([a ^ b for b in values], ~a)
    for b in values:
        assert (a & b) + (a | b) == a + b
        assert (a ^ b) == (a | b) - (a & b)
        assert ~(a & b) == ~a | ~b
print(True & 1, type(True & True), True | 2, True ^ True, ~5, ~-1)
x = 0xFF
x &= 0x0F
x |= 0x100
x ^= 0x1
print(x, hex(x))
