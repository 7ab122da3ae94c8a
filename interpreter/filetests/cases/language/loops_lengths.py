# test: run
# Loops that use several items of a list, of which some lists have too few: what stands before the
# missing one has been done when the error comes, however the tests of lengths are put together.


def sums(rows, log):
    total = 0.0
    for row in rows:
        try:
            total += row[0]
            log.append(row[0])
            total += row[1] * 2.0
            log.append(row[1])
            total += row[2] * 3.0
        except IndexError:
            log.append(-len(row))
    return total


def moved(places, speeds):
    done = 0
    for place, speed in zip(places, speeds):
        try:
            place[0] += speed[0]
            done += 1
            place[1] += speed[1]
            done += 1
            place[2] += speed[2]
            done += 1
        except IndexError:
            done += 1000
    return done


def shrinks(row, rounds):
    """The length changes between the uses, by the loop itself."""
    seen = 0
    for number in range(rounds):
        first = row[0]
        if number % 50 == 49:
            row.pop()
        try:
            seen += first + row[1] + row[2]
        except IndexError:
            seen -= 1
            row.append(number)
            row.append(number)
    return seen, row


def only_first(rows):
    """Mostly just the first item is there, and used; the others are used if it says so."""
    total = 0
    for row in rows:
        if row[0] > 0:
            total += row[1] + row[2]
        else:
            total += 1
    return total


def of_length(rows):
    counts = [0, 0, 0]
    for row in rows:
        if len(row) == 3:
            counts[0] += row[2]
        elif len(row) > 3:
            counts[1] += row[3]
        else:
            counts[2] += len(row)
    return counts


def unpacked(pairs):
    total = 0
    for pair in pairs:
        try:
            (a, b), c = pair
            total += a * 100 + b * 10 + c
        except ValueError:
            total += 5
    return total


rows = [[float(n), n + 0.5, n + 0.25] for n in range(300)]
for n in range(0, 300, 7):
    rows[n] = rows[n][: n % 4]
log = []
print(sums(rows, log), len(log), sum(log), log[-9:])
print(sums(rows[1:2] * 200 + rows, log), len(log))

places = [[1.0, 2.0, 3.0][: 3 if n % 11 else n % 3] for n in range(400)]
speeds = [[0.5, 0.25, 0.125][: 3 if n % 13 else n % 3] for n in range(400)]
print(moved(places, speeds), sum(map(sum, places)), places[143], places[22])
print(shrinks([1, 2, 3, 4], 1000))
print(only_first([[0]] * 200 + [[1, 2, 3]] * 200 + [[0]] * 200))
print(of_length([[1, 2, 3]] * 200 + [[1, 2, 3, 4]] * 200 + [[1], []] * 200 + [[1, 2, 3]] * 100))
print(unpacked([((1, 2), 3)] * 200 + [((1, 2, 3), 4), ((1,), 2), ((4, 5), 6, 7)] * 50 + [((5, 6), 7)] * 100))
