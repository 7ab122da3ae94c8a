# test: run
# Loops whose variables change places from one time round to the next, left in every way: at their
# end, by `break`, by an exception, by a collection, by a return; with as many rounds as make the
# places come out odd and even.


class Cell:
    def __init__(self, value):
        self.value = value


def turns(n, stop):
    one, two = Cell(1), Cell(1000)
    current, rest = one, two
    total = 0
    for i in range(n):
        total += current.value
        rest.value -= 1
        current.value += 2
        total -= rest.value % 7
        if i % 6 == 5:
            current, rest = rest, current
        elif i % 11 == 7:
            rest = current
        elif i % 11 == 8:
            rest = two if current is one else one
        if i == stop:
            break
    return total, one.value, two.value, current is one, rest is one


def three(n):
    a, b, c = [0], [1], [2]
    i = 0
    while i < n:
        a, b, c = b, c, a
        a.append(i)
        i += 1
        if len(a) > 5000:
            return "long"
    return a[0], b[0], c[0], len(a), len(b), len(c)


def churns(n):
    old, new = [0], [1]
    for i in range(n):
        old, new = new, old
        kept = [[i] * 20 for _ in range(20)]
        old[0] += len(kept)
    return old, new


def raises(n):
    x, y = "x", "y"
    done = 0
    try:
        for i in range(n):
            x, y = y, x
            done = 100 // (n - 1 - i)
    except ZeroDivisionError:
        return x, y, done, i
    return None


def numbers(n):
    a, b, c = 1, 2.5, "c"
    for i in range(n):
        a, b = b, a
        if i % 50 == 49:
            a, c = c, a
            a, c = c, a
    return a, b, c


print([turns(n, -1) for n in range(60, 90)])
print([turns(1000, stop) for stop in range(80, 100)])
print([three(n) for n in (0, 1, 2, 3, 100, 101, 102, 103, 1001)])
print(churns(3000), churns(3001))
print([raises(n) for n in (1, 2, 100, 101, 102)])
print([numbers(n) for n in (99, 100, 101, 250, 251)])
