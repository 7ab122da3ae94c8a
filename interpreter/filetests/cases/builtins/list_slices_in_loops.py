# test: run
# Slices of lists in loops that get hot: read, reversed and assigned by parts that change.
def flips(permutation):
    pancakes = permutation[:]
    count = 0
    first = pancakes[0]
    while first:
        pancakes[: first + 1] = pancakes[first::-1]
        first = pancakes[0]
        count += 1
    return count, pancakes

print([flips([n % 7, *(m for m in range(7) if m != n % 7)]) for n in range(40)][-7:])

def windows(items, width, step):
    found = 0
    for start in range(-3, len(items) + 3):
        part = items[start : start + width]
        back = items[start + width : start : -step]
        every = items[start::step]
        found = found * 31 + len(part) * 7 + len(back) * 3 + len(every)
        found = (found + sum(part) + sum(back) * 2 + sum(every) * 3) % 1000003
    return found

print([windows(list(range(n)), 4, 2) for n in range(0, 80, 9)])

def grown(rounds):
    items = [0, 1, 2]
    for n in range(rounds):
        items[1:2] = (n, n + 1)
        items[len(items) // 2 :] = items
        if len(items) > 40:
            items[5:-5] = []
        items[n % 3 : 0] = [n]
    return items

print(grown(200))

def same(rounds):
    kept = []
    for n in range(rounds):
        items = list(range(n % 6))
        copy = items[:]
        copy[0:0] = items
        items[:] = items
        kept = copy[:2] + kept[:6]
        if copy is items or items[:] is items:
            return "the same"
    return kept

print(same(120))

class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n

def kinds(parts):
    items = list(range(10))
    seen = []
    for turn in range(150):
        start, stop, step = parts[turn // 30]
        try:
            seen.append(items[start:stop:step])
        except (TypeError, ValueError) as raised:
            seen.append(str(raised))
        try:
            items[start:stop] = (turn % 5, 7)
            items[10:] = ()
            while len(items) < 10:
                items.append(len(items))
        except TypeError as raised:
            seen.append(str(raised))
    return seen[::11]

print(kinds([(1, 5, 1), (Index(2), True, None), (None, -1, -2), (1.0, 2, 3), (0, 9, 0)]))

class Own(list):
    def __getitem__(self, key):
        return "own", key if isinstance(key, int) else key.start

def subclassed(rounds):
    seen = None
    for n in range(rounds):
        items = [1, 2, 3] if n % 10 < 7 else Own([4, 5, 6])
        seen = items[n % 2 : 3]
        if n % 10 == 6:
            last = seen
    return last, seen

print(subclassed(100))

def exits(rounds):
    total = 0
    for n in range(rounds):
        part = slice(n % 4, 9)
        items = [n, "a" if n % 50 == 49 else 1, 2.5, n * n, 4, 5]
        got = items[part]
        try:
            total += got[0] + len(got)
        except TypeError:
            total += 1000
    return total

print(exits(300))
