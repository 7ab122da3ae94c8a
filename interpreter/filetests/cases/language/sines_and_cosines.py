# test: run
# Sines and cosines of the same angle, in either order, one of them at an exit only, in a loop that
# takes both apart again, and of angles that have none.
import math
from math import cos, sin


def turned(points, angle):
    return [(x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)) for x, y in points]


def swept(angles):
    total = 0.0
    for angle in angles:
        c = cos(angle)
        if angle > 40.0:
            total += c
            continue
        total += sin(angle) * c
    return total


def both(angle):
    return sin(angle), cos(angle)


def other_way(angle):
    return cos(angle), sin(angle)


def apart(angle):
    first = sin(angle)
    second = cos(angle + 1.0)
    third = cos(angle)
    fourth = sin(angle + 1.0)
    return first * fourth - second * third


points = [(1.0, 0.0), (0.5, -2.0)]
for k in range(300):
    points = turned(points, k / 7)
print(points)
print(swept([k / 5 for k in range(400)]))

angles = [0.0, -0.0, 1e-310, 5e-324, 0.5, -1.0, math.pi, 2.0**20, 1e15, 1e22, 1e300, -1e300]
for angle in angles:
    for _ in range(30):
        assert both(angle) == (sin(angle), cos(angle))
        assert other_way(angle) == (math.cos(angle), math.sin(angle))
    print(both(angle), other_way(angle))
print([apart(k / 3) for k in range(200)][::50])


def until(angles):
    done = 0
    try:
        for angle in angles:
            sine = sin(angle)
            done += 1
            if cos(angle) > 2.0 or sine > 2.0:
                return None
    except ValueError as error:
        return done, type(error).__name__
    return done


print(until([k / 2 for k in range(100)]))
print(until([k / 2 for k in range(100)] + [math.inf]))
print(both(math.nan), until([math.nan] * 50))
