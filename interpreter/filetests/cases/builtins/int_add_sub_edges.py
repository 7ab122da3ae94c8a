# test: run
# Sums and differences that step over the 61-bit and 64-bit edges and back.
for bits in (30, 31, 32, 59, 60, 61, 62, 63, 64, 65):
    top = 2**bits
    print(bits, top - 1 + 1, top + 1 - 2, -top - 1, -top - 1 + 2, top - top, top * 2 - top * 2 + 5)
    below = top - 1
    below += 1
    print(below == top, below is not None, below - 1 < below)
    for step in (1, -1, 3, -3):
        value = top - 2
        seen = []
        for _ in range(4):
            value += step
            seen.append(value)
        print(seen)
total = 0
for i in range(70):
    total += 1 << i
print(total, total == (1 << 70) - 1)
for i in range(70):
    total -= 1 << i
print(total, type(total))
