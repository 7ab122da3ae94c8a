# test: run
# Float arithmetic in hot loops: results to the last bit.
def leibniz(n):
    total = 0.0
    sign = 1.0
    for i in range(n):
        total += sign / (2 * i + 1)
        sign = -sign
    return total * 4
def newton(x):
    guess = x / 2
    for _ in range(30):
        guess = (guess + x / guess) / 2
    return guess
def mandel(w, h):
    count = 0
    for py in range(h):
        for px in range(w):
            x0, y0 = px / w * 3.5 - 2.5, py / h * 2 - 1
            x = y = 0.0
            i = 0
            while x * x + y * y <= 4 and i < 50:
                x, y = x * x - y * y + x0, 2 * x * y + y0
                i += 1
            count += i
    return count
def harmonic(n):
    total = 0
    for i in range(1, n):
        total += 1 / i
    return total
def logistic(n):
    x = 0.5
    for _ in range(n):
        x = 3.9 * x * (1 - x)
    return x
def specials(n):
    x, history = 1.0, []
    for i in range(n):
        x = x * 10.0
        if i in (300, 308, 309, 310):
            history.append(x)
    y = x - x
    return history, y, y == y, -x, 1 / x
def underflow(n):
    x = 1.0
    steps = 0
    while x > 0:
        x /= 2
        steps += 1
    return steps, x
def signed_zero(n):
    x = 0.0
    out = []
    for i in range(n):
        x = -x
        if i > n - 3:
            out.append(repr(x))
    return out
def round_trip(n):
    return sum(int(i * 0.1 * 10) == i for i in range(n)), sum(round(i / 3, 2) for i in range(50)), sum(1 for i in range(n) if float(repr(i * 0.7)) == i * 0.7)
def mixed(n):
    x = 0
    for i in range(n):
        x = x + i * 0.5 if i % 2 else x - i // 2
        x = x % 1000
        x = abs(x)
    return x
def complex_loop(n):
    z = 0j
    for _ in range(n):
        z = z * z + (0.1 + 0.2j)
    return z
print(leibniz(5000), newton(2.0), mandel(30, 20), harmonic(3000), logistic(1000), specials(320), underflow(0), signed_zero(1001), round_trip(500), mixed(2000), complex_loop(50))
def kahan(values):
    total = compensation = 0.0
    for v in values:
        y = v - compensation
        t = total + y
        compensation = (t - total) - y
        total = t
    return total
print(kahan([0.1] * 1000), sum([0.1] * 1000), kahan(1 / i for i in range(1, 500)))
def floor_mod(n):
    return [sum((i - 50) * 0.3 // 0.7 for i in range(n)), sum((i - 50) * 0.3 % 0.7 for i in range(n)) > 0, [divmod(i - 2.5, 1.5) for i in range(5)]]
print(floor_mod(100))
