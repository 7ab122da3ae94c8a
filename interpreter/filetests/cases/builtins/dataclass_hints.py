# test: run
# What dataclasses make belongs to the class's module.
from __future__ import annotations

import pickle
import time
import typing
from dataclasses import dataclass


@dataclass(order=True, unsafe_hash=True)
class Point:
    x: int
    other: typing.Optional[Point] = None


print(list(typing.get_type_hints(Point.__init__)))
for name in ("__init__", "__eq__", "__lt__", "__hash__"):
    method = getattr(Point, name)
    print(name, method.__module__ in ("__main__", "reprlib"), method.__qualname__)
print(Point.__init__.__globals__ is globals(), Point(1) == Point(1), Point(1) < Point(2), Point(2, Point(1)))

now = time.gmtime(0)
again = pickle.loads(pickle.dumps(now))
print(again == now, again.tm_zone, again.tm_gmtoff, again.tm_year)

import os

found = os.stat(os.devnull)
again = pickle.loads(pickle.dumps(found))
print(again == found, again.st_mtime_ns == found.st_mtime_ns, again.st_mtime == found.st_mtime)
