"""N-body: the sun and the outer planets, moved by a symplectic integrator.

The Computer Language Benchmarks Game's task: advance the five bodies by size
steps of a hundredth of a day-unit and report the energy before and after. Masses,
positions and velocities are the published ones.
"""

from itertools import combinations
from math import pi, sqrt

import harness_protocol

SOLAR_MASS = 4.0 * pi * pi
DAYS_PER_YEAR = 365.24
STEP = 0.01

# Name, position (astronomical units), velocity (the same a day), mass (suns).
BODIES = (
    ("sun", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0),
    (
        "jupiter",
        (4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01),
        (1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05),
        9.54791938424326609e-04,
    ),
    (
        "saturn",
        (8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01),
        (-2.76742510726411021e-03, 4.99852801234917238e-03, 2.30417297573763929e-05),
        2.85885980666130812e-04,
    ),
    (
        "uranus",
        (1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01),
        (2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05),
        4.36624404335156298e-05,
    ),
    (
        "neptune",
        (1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01),
        (2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05),
        5.15138902046611451e-05,
    ),
)


class System:
    """Bodies as (position list, velocity list, mass), and all pairs of them."""

    def __init__(self, table):
        self.bodies = [
            (list(place), [speed * DAYS_PER_YEAR for speed in velocity], mass * SOLAR_MASS)
            for _, place, velocity, mass in table
        ]
        self.pairs = list(combinations(self.bodies, 2))
        self.rest()

    def rest(self):
        """Gives the sun the momentum that leaves the whole system at rest."""
        momentum = [0.0, 0.0, 0.0]
        for _, velocity, mass in self.bodies:
            for axis in range(3):
                momentum[axis] -= velocity[axis] * mass
        _, velocity, mass = self.bodies[0]
        for axis in range(3):
            velocity[axis] = momentum[axis] / mass

    def energy(self):
        total = 0.0
        for (x1, y1, z1), _, mass1, (x2, y2, z2), _, mass2 in (a + b for a, b in self.pairs):
            dx, dy, dz = x1 - x2, y1 - y2, z1 - z2
            total -= mass1 * mass2 / sqrt(dx * dx + dy * dy + dz * dz)
        for _, (vx, vy, vz), mass in self.bodies:
            total += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
        return total

    def advance(self, step, count):
        bodies = self.bodies
        pairs = self.pairs
        for _ in range(count):
            for (place1, velocity1, mass1), (place2, velocity2, mass2) in pairs:
                dx = place1[0] - place2[0]
                dy = place1[1] - place2[1]
                dz = place1[2] - place2[2]
                square = dx * dx + dy * dy + dz * dz
                pull = step / (square * sqrt(square))
                pull2 = mass2 * pull
                velocity1[0] -= dx * pull2
                velocity1[1] -= dy * pull2
                velocity1[2] -= dz * pull2
                pull1 = mass1 * pull
                velocity2[0] += dx * pull1
                velocity2[1] += dy * pull1
                velocity2[2] += dz * pull1
            for place, (vx, vy, vz), _ in bodies:
                place[0] += step * vx
                place[1] += step * vy
                place[2] += step * vz


def orbit(steps):
    system = System(BODIES)
    before = system.energy()
    system.advance(STEP, steps)
    return before, system.energy(), system.bodies[0][0]


if __name__ == "__main__":
    harness_protocol.main("nbody", version=1, size=25000, iterate=orbit)
