"""Raytrace: a small recursive ray tracer in objects.

A scene of mirroring spheres above a chequered floor, lit by two lights with
shadows. Vectors are objects with operators; shapes answer where a ray meets them.
Size is the width of the picture; it is three quarters as high.
"""

from math import sqrt

import harness_protocol

EPSILON = 0.00001
DEPTH = 3


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __repr__(self):
        return f"Vector({self.x!r}, {self.y!r}, {self.z!r})"

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __neg__(self):
        return Vector(-self.x, -self.y, -self.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    __rmul__ = __mul__

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def cross(self, other):
        return Vector(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    def length(self):
        return sqrt(self.dot(self))

    def normalized(self):
        return self * (1.0 / self.length())

    def reflect(self, normal):
        return self - normal * (2.0 * self.dot(normal))


class Colour(Vector):
    __slots__ = ()

    def tint(self, other):
        return Colour(self.x * other.x, self.y * other.y, self.z * other.z)

    def __add__(self, other):
        return Colour(self.x + other.x, self.y + other.y, self.z + other.z)

    def __mul__(self, factor):
        return Colour(self.x * factor, self.y * factor, self.z * factor)

    def to_bytes(self):
        return [min(255, max(0, int(part * 255.0))) for part in (self.x, self.y, self.z)]


BLACK = Colour(0.0, 0.0, 0.0)


class Ray:
    __slots__ = ("origin", "direction")

    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.normalized()

    def at(self, distance):
        return self.origin + self.direction * distance


class Surface:
    """A plain surface: how much of the light it scatters, mirrors and adds."""

    def __init__(self, colour, diffuse=0.6, mirror=0.2, ambient=0.2):
        self.colour = colour
        self.diffuse = diffuse
        self.mirror = mirror
        self.ambient = ambient

    def colour_at(self, point):
        return self.colour


class Chequered(Surface):
    def __init__(self, colour, other, side=1.0, **shares):
        super().__init__(colour, **shares)
        self.other = other
        self.side = side

    def colour_at(self, point):
        square = int(point.x / self.side + 1000.0) + int(point.z / self.side + 1000.0)
        return self.other if square % 2 else self.colour


class Sphere:
    def __init__(self, centre, radius, surface):
        self.centre = centre
        self.radius = radius
        self.surface = surface

    def meet(self, ray):
        """Distance along the ray to the sphere, or None."""
        towards = self.centre - ray.origin
        along = towards.dot(ray.direction)
        square = self.radius * self.radius - (towards.dot(towards) - along * along)
        if square < 0.0:
            return None
        half = sqrt(square)
        for distance in (along - half, along + half):
            if distance > EPSILON:
                return distance
        return None

    def normal_at(self, point):
        return (point - self.centre).normalized()


class Plane:
    def __init__(self, point, normal, surface):
        self.point = point
        self.normal = normal.normalized()
        self.surface = surface

    def meet(self, ray):
        slope = ray.direction.dot(self.normal)
        if -EPSILON < slope < EPSILON:
            return None
        distance = (self.point - ray.origin).dot(self.normal) / slope
        return distance if distance > EPSILON else None

    def normal_at(self, point):
        return self.normal


class Light:
    def __init__(self, position, colour):
        self.position = position
        self.colour = colour


class Camera:
    def __init__(self, position, target, width, height, view=0.9):
        self.position = position
        self.width = width
        self.height = height
        self.ahead = (target - position).normalized()
        self.right = self.ahead.cross(Vector(0.0, 1.0, 0.0)).normalized() * view
        self.up = self.right.cross(self.ahead).normalized() * (view * height / width)

    def rays(self):
        for row in range(self.height):
            down = self.up * (1.0 - (2.0 * row + 1.0) / self.height)
            for column in range(self.width):
                along = self.right * ((2.0 * column + 1.0) / self.width - 1.0)
                yield Ray(self.position, self.ahead + along + down)


class Scene:
    def __init__(self, sky):
        self.sky = sky
        self.shapes = []
        self.lights = []

    def nearest(self, ray):
        best = None
        best_shape = None
        for shape in self.shapes:
            distance = shape.meet(ray)
            if distance is not None and (best is None or distance < best):
                best = distance
                best_shape = shape
        return best_shape, best

    def lit_from(self, point, light):
        """The direction of a light seen from a point, or None in its shadow."""
        towards = light.position - point
        reach = towards.length()
        ray = Ray(point, towards)
        for shape in self.shapes:
            distance = shape.meet(ray)
            if distance is not None and distance < reach:
                return None
        return ray.direction

    def trace(self, ray, depth=DEPTH):
        if depth == 0:
            return BLACK
        shape, distance = self.nearest(ray)
        if shape is None:
            return self.sky
        point = ray.at(distance)
        normal = shape.normal_at(point)
        surface = shape.surface
        base = surface.colour_at(point)
        colour = base * surface.ambient
        for light in self.lights:
            direction = self.lit_from(point, light)
            if direction is not None:
                share = direction.dot(normal)
                if share > 0.0:
                    colour = colour + base.tint(light.colour) * (share * surface.diffuse)
        if surface.mirror > 0.0:
            mirrored = Ray(point, ray.direction.reflect(normal))
            colour = colour + self.trace(mirrored, depth - 1) * surface.mirror
        return colour


def build_scene():
    scene = Scene(sky=Colour(0.35, 0.45, 0.65))
    scene.lights.append(Light(Vector(30.0, 30.0, 10.0), Colour(0.9, 0.9, 0.8)))
    scene.lights.append(Light(Vector(-10.0, 100.0, 30.0), Colour(0.4, 0.4, 0.5)))
    scene.shapes.append(Sphere(Vector(1.0, 3.0, -10.0), 1.0, Surface(Colour(1.0, 1.0, 0.2))))
    for number in range(6):
        colour = Colour(number / 6.0, 1.0 - number / 6.0, 0.5)
        centre = Vector(-3.0 + number * 0.8, 2.3 - number * 0.1, -5.0 + number * 0.3)
        scene.shapes.append(Sphere(centre, 0.4, Surface(colour, mirror=0.35)))
    floor = Chequered(Colour(1.0, 1.0, 1.0), Colour(0.1, 0.1, 0.1), side=1.5, mirror=0.1)
    scene.shapes.append(Plane(Vector(0.0, 0.0, 0.0), Vector(0.0, 1.0, 0.0), floor))
    return scene


def render(width):
    height = max(1, width * 3 // 4)
    scene = build_scene()
    camera = Camera(Vector(0.0, 1.8, 10.0), Vector(0.0, 2.0, 0.0), width, height, view=0.55)
    picture = bytearray()
    for ray in camera.rays():
        picture.extend(scene.trace(ray).to_bytes())
    return picture


if __name__ == "__main__":
    harness_protocol.main("raytrace", version=1, size=100, iterate=render)
