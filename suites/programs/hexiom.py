"""Hexiom: a puzzle of hexagonal tiles, solved by propagation and search.

The board is a hexagon of cells. Some cells hold a numbered tile, the rest are
empty; the number on a tile says how many of its neighbour cells hold tiles. Given
the tiles, and a few that are fixed to their places, find where the others go. The
puzzles are made by scattering tiles with a random generator and reading off their
numbers, so each has a solution. Size is the number of puzzles.
"""

import harness_protocol

EMPTY = 7
VALUES = range(8)


class Dice:
    __slots__ = ("state",)

    def __init__(self, seed):
        self.state = seed * 2654435761 % 4294967296

    def chance(self, percent):
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 16) % 100 < percent


class Hexagon:
    """The cells of a hexagon of a given side, row by row, and their neighbours."""

    STEPS = ((0, -1), (0, 1), (-1, -1), (-1, 0), (1, 0), (1, 1))

    def __init__(self, side):
        self.side = side
        reach = side - 1
        self.places = [
            (row, column)
            for row in range(-reach, reach + 1)
            for column in range(max(-reach, row - reach), min(reach, row + reach) + 1)
        ]
        index = {place: number for number, place in enumerate(self.places)}
        self.neighbours = [
            [index[row + down, column + along] for down, along in self.STEPS if (row + down, column + along) in index]
            for row, column in self.places
        ]

    def __len__(self):
        return len(self.places)

    def lines(self, values):
        """The values as text, a row of the board a line."""
        rows = {}
        for (row, _), value in zip(self.places, values):
            rows.setdefault(row, []).append("." if value == EMPTY else str(value))
        return [" " * abs(row) + " ".join(cells) for row, cells in sorted(rows.items())]


class Puzzle:
    def __init__(self, hexagon, tiles, fixed):
        self.hexagon = hexagon
        self.tiles = tiles
        self.fixed = fixed

    @classmethod
    def scattered(cls, side, fill, keep, seed):
        """A puzzle with `fill` % of the cells occupied, `keep` % of them fixed."""
        dice = Dice(seed)
        hexagon = Hexagon(side)
        occupied = [dice.chance(fill) for _ in range(len(hexagon))]
        values = [
            sum(occupied[other] for other in hexagon.neighbours[cell]) if occupied[cell] else EMPTY
            for cell in range(len(hexagon))
        ]
        tiles = [values.count(value) for value in VALUES]
        fixed = {cell: value for cell, value in enumerate(values) if dice.chance(keep)}
        return cls(hexagon, tiles, fixed)


class Contradiction(Exception):
    """No assignment is left for some cell or some tile."""


class Position:
    """For each cell the set of values that it may still take."""

    def __init__(self, puzzle, candidates):
        self.puzzle = puzzle
        self.candidates = candidates
        self.changed = False

    @classmethod
    def start(cls, puzzle):
        present = {value for value in VALUES if puzzle.tiles[value]}
        candidates = [set(present) for _ in range(len(puzzle.hexagon))]
        for cell, value in puzzle.fixed.items():
            candidates[cell] = {value}
        return cls(puzzle, candidates)

    def copy(self):
        return Position(self.puzzle, [set(possible) for possible in self.candidates])

    def remove(self, cell, value):
        possible = self.candidates[cell]
        if value in possible:
            possible.remove(value)
            if not possible:
                raise Contradiction(f"cell {cell} has no value left")
            self.changed = True

    def assign(self, cell, value):
        possible = self.candidates[cell]
        if value not in possible:
            raise Contradiction(f"cell {cell} cannot be {value}")
        if len(possible) > 1:
            self.candidates[cell] = {value}
            self.changed = True

    def is_solved(self):
        return all(len(possible) == 1 for possible in self.candidates)

    def values(self):
        return [next(iter(possible)) for possible in self.candidates]

    def propagate(self):
        self.changed = True
        while self.changed:
            self.changed = False
            self.use_neighbours()
            self.use_supply()

    def use_neighbours(self):
        """Compares each number with the neighbours that are or may be occupied."""
        candidates = self.candidates
        neighbours = self.puzzle.hexagon.neighbours
        for cell, possible in enumerate(candidates):
            sure = 0
            open_cells = []
            for other in neighbours[cell]:
                theirs = candidates[other]
                if EMPTY not in theirs:
                    sure += 1
                elif len(theirs) > 1:
                    open_cells.append(other)
            most = sure + len(open_cells)
            for value in sorted(possible):
                if value != EMPTY and not sure <= value <= most:
                    self.remove(cell, value)
            if len(possible) == 1 and open_cells:
                (value,) = possible
                if value == sure:
                    for other in open_cells:
                        self.assign(other, EMPTY)
                elif value == most:
                    for other in open_cells:
                        self.remove(other, EMPTY)

    def use_supply(self):
        """Compares the tiles in stock with the cells that they may go to."""
        for value, supply in enumerate(self.puzzle.tiles):
            if not supply:
                continue
            holders = [cell for cell, possible in enumerate(self.candidates) if value in possible]
            settled = sum(len(self.candidates[cell]) == 1 for cell in holders)
            if len(holders) < supply or settled > supply:
                raise Contradiction(f"the tiles of value {value} do not fit")
            if settled == len(holders):
                continue
            if len(holders) == supply:
                for cell in holders:
                    self.assign(cell, value)
            elif settled == supply:
                for cell in holders:
                    if len(self.candidates[cell]) > 1:
                        self.remove(cell, value)

    def narrowest(self):
        """The undecided cell with the fewest values; of equals, the first."""
        undecided = [cell for cell, possible in enumerate(self.candidates) if len(possible) > 1]
        return min(undecided, key=lambda cell: len(self.candidates[cell]))


class Search:
    def __init__(self):
        self.nodes = 0
        self.dead_ends = 0

    def solve(self, position):
        self.nodes += 1
        try:
            position.propagate()
        except Contradiction:
            self.dead_ends += 1
            return None
        if position.is_solved():
            return position
        cell = position.narrowest()
        for value in sorted(position.candidates[cell]):
            attempt = position.copy()
            attempt.assign(cell, value)
            found = self.solve(attempt)
            if found is not None:
                return found
        return None


SHAPES = ((3, 60, 25), (4, 70, 30), (3, 50, 15), (4, 55, 35))


def play(count):
    report = []
    for number in range(count):
        side, fill, keep = SHAPES[number % len(SHAPES)]
        puzzle = Puzzle.scattered(side, fill, keep, number + 1)
        search = Search()
        solved = search.solve(Position.start(puzzle))
        if solved is None:
            raise AssertionError(f"puzzle {number} has a solution that was not found")
        report.append(f"{search.nodes} nodes, {search.dead_ends} dead ends")
        report.extend(puzzle.hexagon.lines(solved.values()))
    return "\n".join(report)


if __name__ == "__main__":
    harness_protocol.main("hexiom", version=1, size=16, iterate=play)
