"""Meteor contest: fills a board of hexagons with ten puzzle pieces.

The board has ten rows of five cells, every second row shifted by half a cell. The
ten pieces of five cells each may be turned and flipped. All the ways to fill the
board are searched (2098 of them, each counted with its rotation by a half turn);
cells are bits of an integer. Size is the number of solutions to stop at.
"""

import harness_protocol

WIDTH = 5
HEIGHT = 10
CELLS = WIDTH * HEIGHT
FULL = (1 << CELLS) - 1

# Directions counter-clockwise, so that a turn adds one and a flip negates.
EAST, NORTH_EAST, NORTH_WEST, WEST, SOUTH_WEST, SOUTH_EAST = range(6)

# Each piece as a walk over its cells.
PIECES = (
    (EAST, EAST, EAST, SOUTH_EAST),
    (SOUTH_EAST, SOUTH_WEST, WEST, SOUTH_WEST),
    (WEST, WEST, SOUTH_WEST, SOUTH_EAST),
    (EAST, EAST, SOUTH_WEST, SOUTH_EAST),
    (NORTH_WEST, WEST, NORTH_WEST, SOUTH_EAST, SOUTH_WEST),
    (EAST, EAST, NORTH_EAST, WEST),
    (NORTH_WEST, NORTH_EAST, NORTH_EAST, WEST),
    (NORTH_EAST, SOUTH_EAST, EAST, NORTH_EAST),
    (SOUTH_EAST, SOUTH_EAST, EAST, SOUTH_EAST),
    (EAST, NORTH_WEST, NORTH_WEST, NORTH_WEST),
)


def step(row, column, direction):
    """The neighbour of a cell, which may lie outside the board."""
    shifted = row & 1
    if direction == EAST:
        return row, column + 1
    if direction == WEST:
        return row, column - 1
    down = 1 if direction in (SOUTH_WEST, SOUTH_EAST) else -1
    if direction in (NORTH_EAST, SOUTH_EAST):
        return row + down, column + shifted
    return row + down, column + shifted - 1


def on_board(row, column):
    return 0 <= row < HEIGHT and 0 <= column < WIDTH


def bit(row, column):
    return 1 << (row * WIDTH + column)


def neighbour_masks():
    masks = []
    for row in range(HEIGHT):
        for column in range(WIDTH):
            around = [step(row, column, direction) for direction in range(6)]
            masks.append(sum(bit(*place) for place in around if on_board(*place)))
    return masks


def orientations(walk):
    for flip in (1, -1):
        for turn in range(6):
            yield [(flip * direction + turn) % 6 for direction in walk]


def cover(walk, row, column):
    """The cells of a walk from a cell as a mask, or None if it leaves the board."""
    mask = bit(row, column)
    for direction in walk:
        row, column = step(row, column, direction)
        if not on_board(row, column):
            return None
        mask |= bit(row, column)
    return mask


def lowest_cell(mask):
    return (mask & -mask).bit_length() - 1


class Puzzle:
    def __init__(self):
        self.neighbours = neighbour_masks()
        self.holes = {}
        # placements[cell][piece]: masks whose lowest cell is `cell`.
        self.placements = [[[] for _ in PIECES] for _ in range(CELLS)]
        for piece, walk in enumerate(PIECES):
            for mask in sorted(self.masks_of(walk)):
                if self.fits(mask):
                    self.placements[lowest_cell(mask)][piece].append(mask)

    @staticmethod
    def masks_of(walk):
        found = set()
        for turned in orientations(walk):
            for row in range(HEIGHT):
                for column in range(WIDTH):
                    mask = cover(turned, row, column)
                    if mask is not None:
                        found.add(mask)
        return found

    def fits(self, taken):
        """Whether every hole left by `taken` holds a multiple of five cells."""
        free = FULL & ~taken
        while free:
            hole = self.hole_around(lowest_cell(free), free)
            if bin(hole).count("1") % 5:
                return False
            free &= ~hole
        return True

    def hole_around(self, cell, free):
        hole = 0
        edge = 1 << cell
        while edge:
            hole |= edge
            around = 0
            while edge:
                low = edge & -edge
                around |= self.neighbours[low.bit_length() - 1]
                edge ^= low
            edge = around & free & ~hole
        return hole

    def first_hole_fits(self, taken, cell):
        hole = self.hole_around(cell, FULL & ~taken)
        fits = self.holes.get(hole)
        if fits is None:
            fits = self.holes[hole] = bin(hole).count("1") % 5 == 0
        return fits

    def solutions(self, taken=0, pieces=tuple(range(len(PIECES))), chosen=()):
        """All ways to go on, each a tuple of (piece, mask) from the first cell on."""
        if taken == FULL:
            yield chosen
            return
        cell = lowest_cell(~taken)
        if not self.first_hole_fits(taken, cell):
            return
        for piece in pieces:
            rest = None
            for mask in self.placements[cell][piece]:
                if taken & mask:
                    continue
                if rest is None:
                    rest = tuple([other for other in pieces if other != piece])
                yield from self.solutions(taken | mask, rest, chosen + ((piece, mask),))


def show(solution):
    board = ["?"] * CELLS
    for piece, mask in solution:
        while mask:
            low = mask & -mask
            board[low.bit_length() - 1] = str(piece)
            mask ^= low
    return "".join(board)


def search(limit):
    puzzle = Puzzle()
    least = most = None
    count = 0
    for solution in puzzle.solutions():
        text = show(solution)
        if least is None or text < least:
            least = text
        if most is None or text > most:
            most = text
        count += 1
        if count == limit:
            break
    return f"{count} solutions, from {least} to {most}"


if __name__ == "__main__":
    harness_protocol.main("meteor_contest", version=1, size=40, iterate=search)
