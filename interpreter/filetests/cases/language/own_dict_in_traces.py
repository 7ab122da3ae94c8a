# test: run
# The dictionary of an instance that has none yet, asked for in compiled code.


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def norm(self):
        return self.x * self.x + self.y * self.y


class Many:
    def __init__(self, n):
        for at in range(50):
            setattr(self, f"a{at}", n + at)


class Slotted:
    __slots__ = ("x",)


class Both(Point):
    __slots__ = ("z",)


class Own:
    @property
    def __dict__(self):
        return {"own": 1}


class Asked:
    def __getattribute__(self, name):
        return ("asked", name)


class Fallback:
    def __getattr__(self, name):
        return ("fallback", name)


def fresh(n):
    total = 0
    for at in range(n):
        point = Point(at, 2)
        names = point.__dict__
        names["x"] = at + 1
        names["w"] = at
        point.y = 3
        total += point.x + point.y + names["y"] + point.w + point.norm()
        if at % 7 == 0:
            del point.x
            total += "x" in names
    return total


print(fresh(500))


def kept(points):
    return [sorted(point.__dict__.items()) for point in points]


points = [Point(n, n + 1) for n in range(200)]
before = kept(points)
for point in points:
    point.x += 1
    point.__dict__["y"] *= 2
after = kept(points)
print(before[:2], after[:2], before == after, after[-1])


def same(n):
    found = 0
    for _ in range(n):
        point = Point(1, 2)
        found += point.__dict__ is point.__dict__
        point.z = 5
        found += point.__dict__["z"]
        found += len(vars(point))
    return found


print(same(300))


def unfinished(n):
    found = []
    for at in range(n):
        point = Point.__new__(Point)
        if at % 3:
            point.y = at
        names = point.__dict__
        point.x = at
        found.append((list(names), names is point.__dict__))
    return found[-3:]


print(unfinished(200))


def of_any(objects):
    found = None
    for one in objects:
        try:
            found = one.__dict__
        except AttributeError as e:
            found = str(e)
    return found


print(of_any([Own() for _ in range(200)]))
print(of_any([Asked() for _ in range(200)]))
print(of_any([Fallback() for _ in range(200)]))
print(of_any([Slotted() for _ in range(200)]))
both = [Both(1, 2) for _ in range(200)]
for one in both:
    one.z = 3
print(of_any(both), both[-1].z)
many = [Many(n) for n in range(100)]
print(of_any(many)["a49"], len(many[0].__dict__), many[5].a7)
print(of_any([ValueError("x") for _ in range(200)]))


def replaced(n):
    found = 0
    for at in range(n):
        point = Point(at, 1)
        point.__dict__ = {"x": 5, "y": at}
        found += point.x + point.y
        point.__dict__.clear()
        found += hasattr(point, "x")
    return found


print(replaced(300))


def loop_of_one(point, n):
    total = 0
    for at in range(n):
        point.x += 1
        if at == n // 2:
            point.__dict__["x"] = 1000
        total += point.x
    return total


print(loop_of_one(Point(0, 0), 400))
changing = [Point(n, 0) for n in range(300)]


def class_changes(points):
    found = []
    for at, point in enumerate(points):
        if at == 150:
            Point.__dict__["norm"]
            Point.x = property(lambda self: "of the class")
        names = point.__dict__
        found.append(point.x)
        names["x"] = "hidden"
    del Point.x
    return found[148:152], points[0].x, points[-1].x


print(class_changes(changing))
