# test: bytecode
def shapes(n, data):
    a = [x * n for x in data if x > 1]
    b = {k: v for k, v in data}
    c = {y for row in data for y in row}
    d = [lambda: x for x in data]
    e = sum(x + n for x in data)
    f = [last := x for x in data]
    return a, b, c, d, e, f, last


squares = [i * i for i in range(10)]


class Table:
    size = 3
    rows = [size for size in range(size)]
