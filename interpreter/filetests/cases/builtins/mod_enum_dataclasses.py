# test: run
# enum and dataclasses, which lean on most of the class machinery.
from enum import Enum, IntEnum, Flag, auto, unique
from dataclasses import dataclass, field, asdict, astuple, replace, fields
class Colour(Enum):
    RED = 1
    GREEN = 2
    ALIAS = 1
    @property
    def pretty(self): return self.name.title()
print(Colour.RED, repr(Colour.RED), Colour.RED.name, Colour.RED.value, Colour(2), Colour["GREEN"], list(Colour), Colour.ALIAS is Colour.RED, Colour.RED.pretty, len(Colour), Colour.RED == 1, Colour.RED in Colour, {Colour.RED: "r"}[Colour(1)])
for action in (lambda: Colour(9), lambda: Colour["X"], lambda: setattr(Colour, "RED", 5)):
    try:
        action()
    except (ValueError, KeyError, AttributeError) as error:
        print(type(error).__name__)
class Level(IntEnum):
    LOW = auto()
    HIGH = auto()
print(Level.LOW < Level.HIGH, Level.HIGH + 1, Level(1), int(Level.HIGH), sorted([Level.HIGH, Level.LOW]), f"{Level.LOW}", Level.LOW == 1)
class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
print((Perm.R | Perm.W).value, Perm.R in (Perm.R | Perm.X), bool(Perm.R & Perm.W), Perm.R ^ Perm.R == Perm(0), (~Perm.R).value)
@dataclass
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, compare=False)
    def length(self): return (self.x**2 + self.y**2) ** 0.5
p = Point(3, 4)
q = Point(3, 4, ["t"])
print(p, p == q, p.length(), asdict(q), astuple(p), replace(p, x=10), [f.name for f in fields(p)], Point(1).tags is Point(1).tags)
@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    note: str = field(default="", repr=False, compare=False)
print(Version(1) < Version(1, 5), sorted([Version(2), Version(1, 9)]), hash(Version(1)) == hash(Version(1, 0, "n")), {Version(1): "one"}[Version(1)])
try:
    Version(1).major = 5
except AttributeError as error:
    print(type(error).__name__)
@dataclass
class Derived(Point):
    z: int = 5
    total: int = field(init=False)
    def __post_init__(self): self.total = self.x + self.y + self.z
print(Derived(1, 2), Derived(1, z=9).total, isinstance(Derived(1), Point))
match Point(1, 2):
    case Point(x, y):
        print("matched", x, y)
try:
    @dataclass
    class Bad:
        a: int = 1
        b: int
except TypeError as error:
    print(type(error).__name__)
