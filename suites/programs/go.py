"""Go: a computer player on a 9 x 9 board, by Monte Carlo tree search.

Each move is chosen by UCT: playouts with random moves run to the end of the game,
and their results steer which moves are looked at more. Groups of stones are kept
in union-find trees with counted liberties; a move that would fill an own eye, kill
the own group or repeat the board (by its Zobrist hash) is not played. Size is the
number of playouts spent on each of three moves.
"""

from math import log, sqrt

import harness_protocol

SIDE = 9
POINTS = SIDE * SIDE
KOMI = 7.5
MAX_MOVES = POINTS * 3
PASS = -1
EMPTY, BLACK, WHITE = 0, 1, 2
SHOW = {EMPTY: ".", BLACK: "X", WHITE: "O"}


class Dice:
    """xorshift on 32 bits: the same numbers on every interpreter."""

    __slots__ = ("state",)

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        state = self.state
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        self.state = state
        return state % limit


def neighbours_of(point):
    row, column = divmod(point, SIDE)
    if row > 0:
        yield point - SIDE
    if row < SIDE - 1:
        yield point + SIDE
    if column > 0:
        yield point - 1
    if column < SIDE - 1:
        yield point + 1


NEIGHBOURS = [tuple(neighbours_of(point)) for point in range(POINTS)]


def zobrist_table():
    dice = Dice(0x9E3779B9)
    return [[dice.below(1 << 29) for _ in range(3)] for _ in range(POINTS)]


ZOBRIST = zobrist_table()


class Square:
    """A point of the board; its group is the root of its union-find tree.

    `liberties` and `size` are meaningful at the root only. `liberties` counts
    (stone, empty point) pairs, so a liberty shared by two stones counts twice:
    zero is still zero, and that is what capturing asks for.
    """

    __slots__ = ("point", "colour", "parent", "liberties", "size", "neighbours")

    def __init__(self, point):
        self.point = point
        self.colour = EMPTY
        self.parent = self
        self.liberties = 0
        self.size = 0
        self.neighbours = ()

    def root(self):
        square = self
        while square.parent is not square:
            square.parent = square.parent.parent
            square = square.parent
        return square


class EmptySet:
    """The empty points, with constant-time choice, removal and insertion."""

    def __init__(self, dice):
        self.dice = dice
        self.points = list(range(POINTS))
        self.places = list(range(POINTS))

    def add(self, point):
        self.places[point] = len(self.points)
        self.points.append(point)

    def remove(self, point):
        place = self.places[point]
        last = self.points.pop()
        if last != point:
            self.points[place] = last
            self.places[last] = place

    def choose(self, useful):
        """A random point for which `useful` holds, or PASS."""
        points = self.points
        choices = len(points)
        while choices:
            place = self.dice.below(choices)
            point = points[place]
            if useful(point):
                return point
            choices -= 1
            self.swap(place, choices)
        return PASS

    def swap(self, one, two):
        points = self.points
        points[one], points[two] = points[two], points[one]
        self.places[points[one]] = one
        self.places[points[two]] = two


class Board:
    def __init__(self, dice):
        self.squares = [Square(point) for point in range(POINTS)]
        for square in self.squares:
            square.neighbours = [self.squares[point] for point in NEIGHBOURS[square.point]]
        self.empties = EmptySet(dice)
        self.colour = BLACK
        self.hash = 0
        self.seen = set()
        self.history = []
        self.captured = {BLACK: 0, WHITE: 0}
        self.finished = False

    def __str__(self):
        cells = [SHOW[square.colour] for square in self.squares]
        return "\n".join("".join(cells[row : row + SIDE]) for row in range(0, POINTS, SIDE))

    def replay(self, history):
        for point in history:
            self.move(point)

    def place(self, square, colour):
        square.colour = colour
        square.parent = square
        square.size = 1
        square.liberties = 0
        self.hash ^= ZOBRIST[square.point][colour]
        self.empties.remove(square.point)
        for other in square.neighbours:
            if other.colour == EMPTY:
                square.liberties += 1
            else:
                group = other.root()
                group.liberties -= 1
                if other.colour == colour:
                    self.join(square.root(), group)

    @staticmethod
    def join(one, two):
        if one is two:
            return
        if one.size < two.size:
            one, two = two, one
        two.parent = one
        one.size += two.size
        one.liberties += two.liberties

    def capture(self, square):
        """Removes the whole group of `square` from the board."""
        colour = square.colour
        stones = [square]
        square.colour = EMPTY
        for stone in stones:
            for other in stone.neighbours:
                if other.colour == colour:
                    other.colour = EMPTY
                    stones.append(other)
        for stone in stones:
            self.hash ^= ZOBRIST[stone.point][colour]
            self.empties.add(stone.point)
            for other in stone.neighbours:
                if other.colour != EMPTY:
                    other.root().liberties += 1
        self.captured[colour] += len(stones)

    def move(self, point):
        if point == PASS:
            if self.history and self.history[-1] == PASS:
                self.finished = True
        else:
            square = self.squares[point]
            enemy = BLACK + WHITE - self.colour
            self.place(square, self.colour)
            for other in square.neighbours:
                if other.colour == enemy and other.root().liberties == 0:
                    self.capture(other)
            self.seen.add(self.hash)
        self.history.append(point)
        if len(self.history) >= MAX_MOVES:
            self.finished = True
        self.colour = BLACK + WHITE - self.colour

    def is_useful(self, point):
        """Whether the side to move may play at `point` and is no fool to do so."""
        colour = self.colour
        square = self.squares[point]
        own = strong = weak_enemy = free = 0
        changed = self.hash ^ ZOBRIST[point][colour]
        counts = {}
        for other in square.neighbours:
            if other.colour == EMPTY:
                free += 1
            else:
                group = other.root()
                counts[group] = counts.get(group, 0) + 1
        for group, touching in counts.items():
            atari = group.liberties == touching
            if group.colour == colour:
                own += touching
                if not atari:
                    strong += touching
            elif atari:
                weak_enemy += 1
                if group.size == 1:
                    changed ^= ZOBRIST[group.point][group.colour]
                else:
                    changed = -1
        if changed >= 0 and changed in self.seen:
            return False
        if free or weak_enemy:
            return True
        return own < len(square.neighbours) and strong > 0

    def useful_moves(self):
        return [point for point in sorted(self.empties.points) if self.is_useful(point)]

    def random_move(self):
        return self.empties.choose(self.is_useful)

    def play_out(self):
        while not self.finished:
            self.move(self.random_move())
        return self.winner()

    def winner(self):
        black = 0.0
        white = KOMI
        for square in self.squares:
            colour = square.colour
            if colour == EMPTY:
                around = {other.colour for other in square.neighbours}
                if len(around) != 1:
                    continue
                colour = around.pop()
            if colour == BLACK:
                black += 1
            elif colour == WHITE:
                white += 1
        return BLACK if black > white else WHITE


class Node:
    """A position in the search tree: who moved last, wins for that side."""

    def __init__(self, mover):
        self.mover = mover
        self.wins = 0
        self.visits = 0
        self.children = {}
        self.untried = None

    def score(self, log_parent):
        return self.wins / self.visits + sqrt(0.6 * log_parent / self.visits)

    def best_child(self):
        log_parent = log(self.visits)
        best, best_score = None, -1.0
        for point, child in self.children.items():
            score = child.score(log_parent)
            if score > best_score:
                best, best_score = point, score
        return best

    def expand(self, board):
        if self.untried is None:
            self.untried = board.useful_moves() or [PASS]
        if not self.untried:
            return None
        point = self.untried.pop(board.empties.dice.below(len(self.untried)))
        child = self.children[point] = Node(board.colour)
        return point, child

    def most_visited(self):
        return max(self.children, key=lambda point: (self.children[point].visits, -point))


def choose_move(history, playouts, dice):
    tree = Node(WHITE if len(history) % 2 == 0 else BLACK)
    for _ in range(playouts):
        board = Board(dice)
        board.replay(history)
        node = tree
        path = [tree]
        while not board.finished:
            fresh = node.expand(board)
            if fresh is not None:
                point, node = fresh
                board.move(point)
                path.append(node)
                break
            point = node.best_child()
            node = node.children[point]
            board.move(point)
            path.append(node)
        winner = board.play_out()
        for each in path:
            each.visits += 1
            if each.mover == winner:
                each.wins += 1
    return tree.most_visited(), tree.wins


OPENING = (40, 24, 56, 20, 60)


def game(playouts):
    dice = Dice(20071)
    history = list(OPENING)
    wins = []
    for _ in range(3):
        point, won = choose_move(history, playouts, dice)
        history.append(point)
        wins.append(won)
    board = Board(dice)
    board.replay(history)
    return history, wins, dice.state, str(board)


if __name__ == "__main__":
    harness_protocol.main("go", version=1, size=50, iterate=game)
