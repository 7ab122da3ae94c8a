"""Chaos: fractals of the chaos-game kind drawn with B-splines.

Each of three splines maps the picture onto a copy of itself along the curve. A
point jumps at random from copy to copy; every place that it lands on darkens the
picture. The work is arithmetic on small vector objects with operator methods.
Size is the number of jumps. The result is the picture, row by row.
"""

import math

import harness_protocol

WIDTH = 96
HEIGHT = 72
THICKNESS = 0.25


class Vector:
    """A point or a direction in the plane."""

    def __init__(self, x=0.0, y=0.0):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vector) and self.x == other.x and self.y == other.y

    def __hash__(self):
        return hash((self.x, self.y))

    def __repr__(self):
        return f"Vector({self.x!r}, {self.y!r})"

    def length(self):
        return math.sqrt(self.x * self.x + self.y * self.y)

    def distance(self, other):
        return (self - other).length()

    def blend(self, weight, other):
        """The point on the way from `other` (weight 0) to self (weight 1)."""
        return self * weight + other * (1.0 - weight)


class Spline:
    """A B-spline over control points and knots, evaluated by de Boor's scheme."""

    def __init__(self, points, degree=3, knots=None):
        if knots is None:
            knots = self.clamped_knots(len(points), degree)
        if len(knots) != len(points) + degree - 1:
            raise ValueError(f"{len(points)} points of degree {degree} do not fit {len(knots)} knots")
        if any(left > right for left, right in zip(knots, knots[1:])):
            raise ValueError("knots must not decrease")
        self.points = points
        self.degree = degree
        self.knots = knots

    @staticmethod
    def clamped_knots(count, degree):
        inner = [float(number) for number in range(1, count - degree)]
        return [0.0] * degree + inner + [float(count - degree)] * degree

    def domain(self):
        return self.knots[self.degree - 1], self.knots[-self.degree]

    def __len__(self):
        return len(self.points)

    def segment(self, u):
        """Index of the knot interval that holds `u`."""
        low, high = self.domain()
        if not low <= u <= high:
            raise ValueError(f"{u} is outside {low}..{high}")
        for index in range(self.degree - 1, len(self.knots) - self.degree):
            if self.knots[index] <= u < self.knots[index + 1]:
                return index
        return len(self.knots) - self.degree - 1

    def __call__(self, u):
        index = self.segment(u)
        first = index - self.degree + 1
        work = [self.points[first + offset] for offset in range(self.degree + 1)]
        for level in range(1, self.degree + 1):
            for offset in range(self.degree - level + 1):
                left = self.knots[first + offset + level - 1]
                right = self.knots[index + offset + 1]
                weight = (u - left) / (right - left)
                work[offset] = work[offset + 1].blend(weight, work[offset])
        return work[0]


class Dice:
    """A linear congruential generator: the same numbers on every interpreter."""

    __slots__ = ("state",)

    def __init__(self, seed):
        self.state = seed

    def random(self):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return self.state / 2147483648.0


class ChaosGame:
    def __init__(self, splines, thickness):
        self.splines = splines
        self.thickness = thickness
        corners = [point for spline in splines for point in spline.points]
        self.min_x = min(point.x for point in corners)
        self.min_y = min(point.y for point in corners)
        self.max_x = max(point.x for point in corners)
        self.max_y = max(point.y for point in corners)
        self.width = self.max_x - self.min_x
        self.height = self.max_y - self.min_y
        self.shares = [self.share_of(spline) for spline in splines]
        self.total = 0.0
        for share in self.shares:
            self.total += share

    @staticmethod
    def share_of(spline, steps=200):
        """Length of the curve: longer curves are chosen more often."""
        low, high = spline.domain()
        length = 0.0
        last = spline(low)
        for step in range(1, steps + 1):
            point = spline(low + (high - low) * step / steps)
            length += point.distance(last)
            last = point
        return length

    def choose(self, dice):
        aim = dice.random() * self.total
        for spline, share in zip(self.splines, self.shares):
            if aim < share:
                return spline, aim / share
            aim -= share
        return self.splines[-1], 1.0

    def jump(self, point, dice):
        spline, along = self.choose(dice)
        x = (point.x - self.min_x) / self.width
        y = (point.y - self.min_y) / self.height
        low, high = spline.domain()
        u = low + (high - low) * x
        place = spline(u)
        step = (high - low) / 1000.0
        if u + step > high:
            ahead = place - spline(u - step)
        else:
            ahead = spline(u + step) - place
        length = ahead.length()
        if length == 0.0:
            return place
        across = Vector(ahead.y, -ahead.x) * (1.0 / length)
        return self.clip(place + across * ((y - 0.5) * self.thickness * (0.5 + along)))

    def clip(self, point):
        return Vector(
            min(max(point.x, self.min_x), self.max_x),
            min(max(point.y, self.min_y), self.max_y),
        )

    def draw(self, jumps, dice):
        picture = [[0] * WIDTH for _ in range(HEIGHT)]
        point = Vector((self.min_x + self.max_x) / 2, (self.min_y + self.max_y) / 2)
        for _ in range(jumps):
            point = self.jump(point, dice)
            column = int((point.x - self.min_x) / self.width * (WIDTH - 1))
            row = int((point.y - self.min_y) / self.height * (HEIGHT - 1))
            picture[row][column] += 1
        return picture


def curves():
    def spline(*pairs):
        return Spline([Vector(x, y) for x, y in pairs])

    return [
        spline((1.60, 0.30), (2.85, 0.35), (2.90, 1.25), (2.30, 1.80), (1.70, 2.15), (1.55, 1.60)),
        spline((2.80, 0.45), (2.40, 1.00), (3.40, 1.40), (3.10, 2.30)),
        spline((0.90, 1.10), (1.30, 2.60), (2.20, 2.70), (2.60, 2.05), (3.35, 2.75)),
    ]


def play(jumps):
    game = ChaosGame(curves(), THICKNESS)
    picture = game.draw(jumps, Dice(1234))
    return ["".join(chr(32 + min(count, 94)) for count in row) for row in picture]


if __name__ == "__main__":
    harness_protocol.main("chaos", version=1, size=9000, iterate=play)
