# test: run
# Hot loops whose integers leave the small range, the word, and come back.
def doubling(n):
    x = 1
    for _ in range(n):
        x = x * 2 + 1
    for _ in range(n):
        x = (x - 1) // 2
    return x
def summing(step, n):
    total = 0
    for i in range(n):
        total += step
    return total
def alternating(n):
    total = 2**60 - 5
    seen = []
    for i in range(n):
        total += 3 if i % 2 else -2
        if i % 97 == 0:
            seen.append(total)
    return total, seen
def factorial_mod(n, modulus):
    result = 1
    for i in range(1, n + 1):
        result = result * i % modulus
    return result
def collatz(n):
    steps = 0
    top = n
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        if n > top:
            top = n
        steps += 1
    return steps, top
def lcg(n):
    state = 12345
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return state
def xorshift(n):
    x = 88172645463325252
    for _ in range(n):
        x ^= x << 13 & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= x << 17 & 0xFFFFFFFFFFFFFFFF
    return x
print(doubling(300), summing(2**55, 500), summing(-(2**55), 500), alternating(1000), factorial_mod(2000, 10**9 + 7), collatz(27), collatz(837799), lcg(1000), xorshift(1000))
def shifts(n):
    out = []
    for i in range(n):
        out.append((1 << i) >> (i // 2))
    return sum(out)
def negative(n):
    x = 0
    for i in range(n):
        x -= i * i * i
        x = -x if i % 3 == 0 else x
    return x
def bits(n):
    count = 0
    for i in range(n):
        v = i * 2654435761
        while v:
            v &= v - 1
            count += 1
    return count
print(shifts(200), negative(3000), bits(300))
