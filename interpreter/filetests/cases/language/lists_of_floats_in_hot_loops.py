# test: run
"""Lists of floats in loops that are hot, and loops that make them lists of something else."""


def filled(count, change=None, what=None):
    made = []
    for number in range(count):
        made.append(number * 0.5)
        if number == change:
            made.append(what)
    return made


for what in (None, "x", 7, True, 1e300, 10**30):
    made = filled(400, 300, what)
    print(len(made), made[299:303], made[-1])
print(sum(filled(1000)))


def doubled(values, change=None, what=None):
    total = 0.0
    for at in range(len(values)):
        if at == change:
            values[at] = what
        else:
            values[at] = values[at] * 2.0
            total += values[at]
    return total


for what in (None, "x", 7, 2.0**700, 0.25):
    values = filled(300)
    print(doubled(values), doubled(values, 200, what), values[198:202])
    print(doubled([1, 2, 3] * 50), doubled([1.0, 2] * 50))


def scaled(values, factor):
    # Out of the range of what a word holds, and back.
    for at in range(len(values)):
        values[at] *= factor
    return values


values = [1.0 + at for at in range(200)]
for factor in (1e200, 1e-150, 1e-150, 1e100, 1e80, 1e-90, 1e300, 1e300, 0.0):
    print(scaled(values, factor)[:3], values[-1])
print([value != value for value in values[:2]])


def moved(bodies, count):
    for step in range(count):
        for place, (x, y, z), mass in bodies:
            place[0] += x * mass
            place[1] -= y * mass
            place[2] = z - place[2]
    return bodies


bodies = [([1.0, 2.0, 3.0], [0.5, 0.25, -1.0], 2.0) for _ in range(3)]
print(moved(bodies, 200))
bodies[1][0][2] = 5
print(moved(bodies, 200))
bodies[2] = ([1, 2, 3], [1, 2, 3], 4)
print(moved(bodies, 200))
bodies[0] = ((lambda: [0.0, 0.0, 0.0])(), [1e300, 5e-324, -0.0], 1e5)
print(moved(bodies, 50))


def vectors(count):
    found = []
    for number in range(count):
        v = [number * 1.0, 2.0, 3.0]
        w = [v[1], v[2], v[0]]
        if number % 100 == 99:
            w[1] = "odd"
            found.append(w)
        if number % 70 == 69:
            v.append(None)
            found.append(v)
        v[0], v[1] = w[2], v[0]
        if v[0] + v[1] != number * 2:
            print("wrong", number)
    return found


print(vectors(500))


def carried(count):
    """A vector that lives from one time round to the next."""
    v = [0.0, 1.0]
    for number in range(count):
        v = [v[1], v[0] + 0.5]
        if number == count - 3:
            v = [v[0], 3]
    return v


print(carried(300), carried(301))


def read(values):
    total, last = 0.0, None
    for value in values:
        total += value
        last = value
    return total, last


print(read([0.5] * 300), read([1] * 300), read([1e300, -1e300] * 150), read([5e-324] * 200))
print(read(([0.5] * 200) + [1] * 100), read([True, 0.5] * 100))


def looked_at(values, count):
    """Calls that only read may make a list plain, whose storage the loop has at hand."""
    for number in range(count):
        values[0] = values[1] + number
        text = len(str(values)) if number % 3 == 0 else min(values)
        values[1] = text * 0.125
        if number % 7 == 0:
            values[2] = max(values) - min(values)
        if number % 11 == 0:
            copy = tuple(values)
            values[1] = copy[0] - copy[1]
        values[2] += 0.5
    return values


print(looked_at([1.0, 2.0, 3.0], 300))


def joined(values, count):
    for number in range(count):
        values[0] = number * 0.5
        "-".join([str(value) for value in values])
        bytes([1, 2])
        set(values)
        frozenset(values)
        dict.fromkeys(values, values[0])
        values.sort()
        values[-1] = values[0] + 1.0
        values.reverse()
        if values.index(values[0]) != 0:
            print("wrong")
    return values


print(joined([3.0, 2.0, 1.0], 200))


def replaced(holder, count):
    """Python code that a loop calls changes what the list is."""
    total = 0
    for number in range(count):
        values = holder.values
        values[0] = number + 0.5
        holder.look(number)
        total += values[0] if values[0] is not None else 1000
        values[1] = 0.25
    return total, holder.values


class Holder:
    def __init__(self, values, when, what):
        self.values, self.when, self.what = values, when, what

    def look(self, number):
        if number == self.when:
            self.values[0] = self.what


for what in (None, 3, 0.125):
    print(replaced(Holder([1.0, 2.0], 250, what), 300))


def same(pairs):
    """`is` goes by the bits."""
    count = 0
    for a, b in pairs:
        if a is b:
            count += 1
        if a is not b:
            count += 1000
    return count


x = 2.0**600
floats = [x, 1.0]
print(same([(floats[0], floats[0])] * 200), same([(1.0, 2.0)] * 200 + [(floats[0], x)] * 100))
print(same([(None, 1)] * 200 + [(x, floats[0]), (floats[0], 2.0**601)] * 100))
nan = float("nan")
print(same([(nan, [nan, 1.0][0])] * 200), same([(nan, float("nan"))] * 100))


def popped(count):
    stack, total = [], 0.0
    for number in range(count):
        stack.append(number * 0.25)
        stack.append(1.0)
        total += stack.pop()
        if number % 3 == 0:
            total += stack.pop()
        if number % 90 == 89:
            stack.clear()
            stack.append(number)
            stack.pop()
    return total, len(stack)


print(popped(400))


def matrix(size):
    a = [[float(i * j % 7) for j in range(size)] for i in range(size)]
    b = [[0.0] * size for _ in range(size)]
    for i in range(size):
        row = a[i]
        out = b[i]
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += row[k] * a[k][j]
            out[j] = total
    return sum(map(sum, b)), b[3][:4]


print(matrix(15))


def both(lists, count):
    """One loop for lists of floats, of integers and of both, in turn."""
    total = 0
    for number in range(count):
        values = lists[number % len(lists)]
        values[number % 3] = values[(number + 1) % 3]
        values.append(values[0])
        total += values[-1] + len(values)
        if len(values) > 20:
            del values[3:]
    return total, lists


print(both([[1.0, 2.0, 3.0], [1, 2, 3], [1.0, 2, 3.0]], 400))
print(both([[], [1.0, 2.0, 3.0]][1:] + [[4.0, 5, 6]], 401))


def zipped(count):
    xs, ys = [0.5] * count, list(range(count))
    out = [x * y for x, y in zip(xs, ys)]
    for at, value in enumerate(out):
        out[at] = value - at if at % 2 else None
    return out[-4:], [value for value in reversed(xs)][:2]


print(zipped(300))
