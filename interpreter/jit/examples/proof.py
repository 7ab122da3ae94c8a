"""The loop that the design was proved with; run alone it prints its time, best of seven."""


class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v
        self.hits = 0

    def advance(self, dt):
        self.x = self.x + self.v * dt
        return self.x


def run(p, weights, n):
    total = 0.0
    count = 0
    dt = 0.001
    i = 0
    while i < n:
        w = weights[i & 7]
        total = total + p.advance(dt) * w
        count = count + (i & 3)
        if total > 1e300:
            raise OverflowError("too large")
        p.hits = count
        i = i + 1
    return total, count, p.x


def make():
    return Particle(0.0, 1.5), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


if __name__ == "__main__":
    import sys
    import time

    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000000
    times = []
    for turn in range(7):
        p, weights = make()
        start = time.perf_counter()
        result = run(p, weights, n)
        times.append((time.perf_counter() - start) / n * 1e9)
    times.sort()
    print("median %.2f ns an iteration, least %.2f, %r" % (times[3], times[0], result))
