# test: run
"""Loops in which one time round is unlike the next: the same comes again after two, three or four."""


def two(n):
    sign, total, i = 1, 0, 0
    while i < n:
        if sign == 1:
            total += i
            sign = -1
        else:
            total -= i + i
            sign = 1
        i += 1
    return total, sign


def three(n):
    state, seen = "a", []
    for i in range(n):
        if state == "a":
            state = "b"
        elif state == "b":
            state = "c"
            if i % 500 == 1:
                seen.append(i)
        else:
            state = "a"
    return state, seen


def four(n):
    turn, counts = 0, [0, 0, 0, 0]
    for _ in range(n):
        counts[turn] += 1
        turn = 1 if turn == 0 else 2 if turn == 1 else 3 if turn == 2 else 0
    return turn, counts


def types(n):
    value, texts = 1, 0
    for i in range(n):
        if type(value) is int:
            value = str(value + i)
        else:
            texts += len(value)
            value = int(value) & 1023
    return value, texts


def around(n):
    """Leaves now and then, at either turn, with an object that was made in the turn before."""
    pair, out = None, []
    for i in range(n):
        if pair is None:
            pair = [i, i + 1]
            if i % 700 == 0:
                out.append(pair)
        else:
            first, second = pair
            if first % 900 == 10:
                out.append((first, second, i))
            pair = None
    return out, pair


def raising(n):
    odd, caught = False, 0
    for i in range(n):
        try:
            if odd:
                odd = False
                if i % 301 == 0:
                    raise ValueError(i)
            else:
                odd = True
                if i % 403 == 0:
                    raise KeyError(i)
        except ValueError:
            caught += 1
        except KeyError:
            caught += 1000
    return odd, caught


for count in (1, 7, 50, 3000, 3001):
    print(two(count), three(count), four(count), types(count))
    print(around(count), raising(count))
