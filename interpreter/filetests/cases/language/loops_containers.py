# test: run
# Lists, dicts, sets, tuples and texts in hot loops.
def sieve(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    for i in range(2, int(n**0.5) + 1):
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
    return sum(flags), [i for i, flag in enumerate(flags) if flag][-3:]
print(sieve(5000))
def count_words(n):
    words = ["apple", "pear", "fig", "apple", "kiwi"]
    counts = {}
    for i in range(n):
        word = words[i * i % 5]
        counts[word] = counts.get(word, 0) + 1
        if word not in counts:
            print("never")
    return sorted(counts.items())
print(count_words(1500))
def stack_machine(n):
    stack = []
    for i in range(n):
        stack.append(i)
        if len(stack) > 10:
            a, b = stack.pop(), stack.pop()
            stack.append((a + b) % 1000)
            stack.insert(0, stack.pop(5))
    return stack
print(stack_machine(800))
def matrix(n):
    a = [[i * j % 7 for j in range(n)] for i in range(n)]
    b = [[(i + j) % 5 for j in range(n)] for i in range(n)]
    c = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0
            for k in range(n):
                s += a[i][k] * b[k][j]
            c[i][j] = s
    return sum(map(sum, c)), c[1][2], c[n - 1][n - 1]
print(matrix(16))
def sets(n):
    seen = set()
    repeats = 0
    x = 1
    for _ in range(n):
        x = x * 48271 % 2003
        if x in seen:
            repeats += 1
        seen.add(x)
        if len(seen) > 500:
            seen.discard(min(seen))
    return len(seen), repeats
print(sets(1500))
def tuples(n):
    a, b, c = 0, 1, 2
    for i in range(n):
        a, b, c = b, c, (a + b + c) % 10007
        pair = (a, b)
        if pair > (5000, 0):
            c, a = a, c
    return a, b, c
print(tuples(2000))
def texts(n):
    parts = []
    for i in range(n):
        s = f"{i:03d}"
        if s[::-1] == s and s.startswith("1"):
            parts.append(s.upper() + s[-1])
    return ",".join(parts)
print(texts(1000))
def swap_sort(values):
    values = values[:]
    swaps = 0
    for i in range(len(values)):
        for j in range(len(values) - 1 - i):
            if values[j] > values[j + 1]:
                values[j], values[j + 1] = values[j + 1], values[j]
                swaps += 1
    return values[:4], values[-2:], swaps
print(swap_sort([i * 37 % 101 for i in range(60)]), swap_sort([f"{i * 37 % 101}" for i in range(40)]), swap_sort([i * 1.5 if i % 2 else i for i in range(30, 0, -1)]))
def dict_churn(n):
    d = {}
    for i in range(n):
        d[i % 97] = i
        if i % 5 == 0:
            d.pop(i % 89, None)
        d[f"k{i % 11}"] = d.get(i % 13)
    return len(d), sum(v for v in d.values() if v), list(d)[:3]
print(dict_churn(2000))
def bytes_loop(n):
    data = bytearray(n)
    for i in range(n):
        data[i] = i * i & 255
    total = 0
    for byte in data:
        total = (total * 31 + byte) % 65521
    for byte in bytes(data[::3]):
        total ^= byte
    return total
print(bytes_loop(1500))
def slices(n):
    items = list(range(20))
    for i in range(n):
        k = i % 20
        items = items[k:] + items[:k]
        items[::2] = items[::-2]
    return items
print(slices(300))
