"""N queens: all ways to place n queens on a board so that none attacks another.

Walks all permutations of the columns, made by a generator of our own, and keeps
those whose diagonals are all different (found with sets). Size is n; there are 92
ways for n = 8.
"""

import harness_protocol


def permutations(items):
    """All orders of `items`, in lexicographic order of their places."""
    pool = tuple(items)
    count = len(pool)
    places = list(range(count))
    cycles = list(range(count, 0, -1))
    yield tuple([pool[place] for place in places])
    while count:
        for position in reversed(range(count)):
            cycles[position] -= 1
            if cycles[position] == 0:
                places[position:] = places[position + 1 :] + places[position : position + 1]
                cycles[position] = count - position
            else:
                other = -cycles[position]
                places[position], places[other] = places[other], places[position]
                yield tuple([pool[place] for place in places])
                break
        else:
            return


def queens(count):
    """Each solution as the tuple of the rows of the queens, column by column."""
    columns = range(count)
    for rows in permutations(columns):
        rising = {rows[column] + column for column in columns}
        if len(rising) < count:
            continue
        falling = {rows[column] - column for column in columns}
        if len(falling) == count:
            yield rows


def solve(count):
    return list(queens(count))


if __name__ == "__main__":
    harness_protocol.main("nqueens", version=1, size=8, iterate=solve)
