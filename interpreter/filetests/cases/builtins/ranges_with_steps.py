# test: run
# Ranges of three arguments, whose signs and lengths change from one time to the next.
def described(k):
    cases = (0, k, 1), (k, 0, -1), (0, 10, k + 1), (10, -k, -3), (k, k, 2), (0, 5, -2), (-k, k, 7)
    for start, stop, step in cases:
        numbers = range(start, stop, step)
        total = 0
        for n in range(start, stop, step):
            total += n
        yield len(numbers), list(numbers)[-1:], total, numbers[-1] if numbers else None, numbers


def checked(n):
    digest = 0
    for k in range(n):
        for length, last, total, end, numbers in described(k):
            assert length == len(list(numbers)) and total == sum(numbers)
            assert last == ([end] if length else [])
            digest = (digest * 31 + length * 7 + total) % 1_000_003
        try:
            digest += len(range(0, k, k % 3))
        except ValueError as error:
            assert str(error) == "range() arg 3 must not be zero"
            digest += 1
    return digest


print(checked(300))
print([len(range(0, 1 << 60, step)) for step in (1 << 59, 3, 1 << 61)])
for step in range(-2, 3):
    try:
        print([n for n in range(-3, 4, step)], range(5, -5, step))
    except ValueError as error:
        print(error)
