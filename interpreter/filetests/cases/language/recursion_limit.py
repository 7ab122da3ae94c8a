# test: run
# The recursion limit: raised far, lowered below, out of reach.
import sys


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def walk(n):
    if n:
        yield n
        yield from walk(n - 1)


usual = sys.getrecursionlimit()
print(usual)
sys.setrecursionlimit(6_000)
print(depth(5_000))
try:
    depth(7_000)
except RecursionError as error:
    print(error)
print(sum(walk(200)))
sys.setrecursionlimit(50)
for n in (20, 60):
    try:
        print(depth(n))
    except RecursionError as error:
        print(type(error).__name__)
try:
    print(list(walk(60)))
except RecursionError as error:
    print(type(error).__name__)


def lower(n):
    if n:
        return lower(n - 1)
    try:
        sys.setrecursionlimit(10)
    except RecursionError as error:
        print(str(error).split(" at ")[0])
    return sys.getrecursionlimit()


print(lower(30))
sys.setrecursionlimit(2_000_000_000)
print(sys.getrecursionlimit())
sys.setrecursionlimit(usual)
print(depth(900))
