# test: run
# Where a loop's last round was, the next index would lie far behind the end of the list: nothing may be read
# there on the way into the loop, which is entered from several sides.

FAR = 1 << 40


class Vector:
    __slots__ = ("items", "least", "most")

    def __init__(self, items):
        self.items, self.least, self.most = items, -1e308, 1e308

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        if not self.least <= value <= self.most:
            raise ValueError(value)
        self.items[index] = value


def transform(data, n):
    dual = 1
    while dual < n:
        for a in range(dual):
            for b in range(0, n, 2 * dual):
                # The first term is 0 in every round that there is.
                i = b // n * FAR + 2 * (b + a)
                j = i + 2 * dual
                x, y = data[j], data[j + 1]
                data[j] = data[i] - x
                data[j + 1] = data[i + 1] - y
                data[i] += x
                data[i + 1] += y
        dual *= 2


for size in (256, 512, 1024):
    mixed = Vector(["no number"] + [0.5] * (2 * size))
    del mixed.items[0]
    plain = Vector([float(k) for k in range(2 * size)])
    for _ in range(3):
        transform(mixed, size)
        transform(plain, size)
    print(size, sum(mixed.items[:10]), sum(plain.items[:10]))
