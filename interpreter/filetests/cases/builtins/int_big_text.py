# test: run
# Text of big integers, both ways, in many lengths.
for digits in (15, 17, 18, 19, 20, 38, 39, 40, 77, 100, 300):
    text = "".join(str((position * 7 + 3) % 10) for position in range(digits)).lstrip("0")
    value = int(text)
    assert str(value) == text and str(-value) == "-" + text and repr(value) == text
    assert int(hex(value), 16) == value and int(bin(value), 2) == value and int(oct(value), 8) == value
    print(digits, value % 1000003, value.bit_length(), hash(value), hash(-value), len(str(value * value)), str(value)[:20], hex(value)[-16:])
a, b = 0, 1
for _ in range(400):
    a, b = b, a + b
print(a)
n = 3**500
print(n, n % 10**18, n // 10**220)
print(-n % 7, n % -7, (n * n - n) // n == n - 1, (n + 1) * (n - 1) == n * n - 1)
try:
    int("1" * 5000)
except ValueError as error:
    print(error)
try:
    str(10**5000)
except ValueError as error:
    print(error)
