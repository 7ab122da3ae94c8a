# test: run
# Shifts, also by more bits than there are, and of negative numbers.
for value in (0, 1, -1, 5, -5, 2**59, 2**60 - 1, 2**60, -(2**60), 2**63, -(2**64), 10**25):
    print(value, [value << n for n in (0, 1, 3, 60, 64, 70)], [value >> n for n in (0, 1, 3, 59, 60, 61, 63, 64, 65, 100, 1000)])
for operation in (lambda: 1 << -1, lambda: 1 >> -1, lambda: 10**30 >> -3):
    try:
        operation()
    except ValueError as error:
        print(error)
print(0 << 10**20)
print(1 >> 10**20, -1 >> 10**20)
x = 1
x <<= 62
print(x)
x >>= 61
print(x)
print(1 << 200 >> 199, (1 << 200).bit_length(), True << 3, -1 << 61)
