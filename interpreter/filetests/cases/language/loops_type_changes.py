# test: run
# Loops in which a variable, an element or an argument changes its type on the way.
def mixed_sum(items):
    total = 0
    for item in items:
        total = total + item
    return total
print(mixed_sum([1] * 300 + [0.5] * 300), mixed_sum([1] * 200 + [2**70] * 3 + [-1] * 200), mixed_sum([True] * 100 + [1j] + [2] * 50), repr(mixed_sum([0.5, -0.5] * 200)))
def describe(value):
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return len(value)
    return 0
def all_kinds(n):
    total = 0
    values = [1, "two", None, 3.5, [4], "five", 6]
    for i in range(n):
        total += describe(values[i % len(values)])
    return total
print(all_kinds(2000))
def switch(n):
    x = 0
    history = []
    for i in range(n):
        if i == 100:
            x = float(x)
        elif i == 200:
            x = str(int(x))
        elif i == 300:
            x = [x]
        x = x * 1 if i < 200 or i >= 300 else x
        if i % 50 == 0:
            history.append(x)
    return history
print(switch(400))
def add(a, b):
    return a + b
def poly(n):
    pairs = [(1, 2), ("a", "b"), ([1], [2]), (1.5, 2), ((1,), (2,)), (2**62, 2**62)]
    out = []
    for i in range(n):
        a, b = pairs[i % len(pairs)]
        r = add(a, b)
        if i >= n - len(pairs):
            out.append(r)
    return out
print(poly(1200))
def none_then_value(n):
    best = None
    for i in range(n):
        v = i * 7919 % 1009
        if best is None or v > best:
            best = v
    return best
print(none_then_value(1500))
def float_int_compare(n):
    count = 0
    for i in range(n):
        limit = i / 2 if i % 3 else i // 2
        if limit == i // 2:
            count += 1
        elif limit > i // 2:
            count += 1000
    return count
print(float_int_compare(600))
def truth(n):
    values = [0, 1, "", "x", [], [0], None, 0.0, 2.5, (), {}, {1: 2}, True, False]
    return sum(1 if values[i % len(values)] else 0 for i in range(n))
print(truth(1400))
def grow(n):
    text = ""
    numbers = []
    for i in range(n):
        text += chr(97 + i % 26) if i < 150 else "é" if i < 160 else "日"
        numbers.append(i if i < 100 else float(i) if i < 150 else str(i))
    return len(text), text[148:163], numbers[99:101], numbers[149:151]
print(grow(200))
