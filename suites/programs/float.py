"""Float: a cloud of three-dimensional points, normalised and then maximised.

Makes as many point objects as size says from sines and cosines, scales each to
length one, and takes the component-wise maximum over the cloud.
"""

from math import cos, sin, sqrt

import harness_protocol


class Point:
    __slots__ = ("x", "y", "z")

    def __init__(self, angle):
        sine = sin(angle)
        self.x = sine
        self.y = cos(angle) * 3.0
        self.z = (sine * sine) / 2.0

    def __repr__(self):
        return f"<Point: x={self.x!r}, y={self.y!r}, z={self.z!r}>"

    def normalize(self):
        norm = sqrt(self.x * self.x + self.y * self.y + self.z * self.z)
        self.x /= norm
        self.y /= norm
        self.z /= norm

    def maximize(self, other):
        """Raises each component of self to that of `other`; gives self."""
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def greatest(points):
    best = points[0]
    for point in points[1:]:
        best = best.maximize(point)
    return best


def cloud(count):
    points = [Point(float(number)) for number in range(count)]
    for point in points:
        point.normalize()
    total = 0.0
    for point in points:
        total += point.x - point.y + point.z
    # A sine may differ in its last digit from one C library to the next, so the
    # result is rounded to what all of them agree on.
    best = greatest(points)
    return [f"{number:.9f}" for number in (best.x, best.y, best.z, total)]


if __name__ == "__main__":
    harness_protocol.main("float", version=1, size=100000, iterate=cloud)
