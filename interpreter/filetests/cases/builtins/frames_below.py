# test: run
# What is below a frame: asked at once, later, and after the calls have ended.
import sys


def names(frame):
    found = []
    while frame is not None:
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def leaf(depth):
    return sys._getframe(depth)


def middle(depth, word):
    kept = [word]
    return leaf(depth)


def outer(depth):
    number = len("outer")
    return middle(depth, "w")


# Of calls that have ended.
frame = outer(0)
print(names(frame))
print(names(frame))
print(frame.f_back is frame.f_back, frame.f_back.f_back is frame.f_back.f_back)
print(frame.f_back.f_locals, frame.f_back.f_back.f_locals)
print(frame.f_back.f_lineno - frame.f_lineno, frame.f_back.f_back.f_lineno - frame.f_lineno)
print(names(outer(1)), names(outer(2)), names(outer(3)))
try:
    outer(100)
except ValueError as error:
    print(error)

# One in the middle, the others let go of.
below = outer(0).f_back
del frame
print(names(below), below.f_locals)
last = below.f_back.f_back
print(last.f_back, last.f_globals is globals(), last.f_locals is globals())


# Two pictures of the same calls do not share what is taken out of one.
def twice():
    first, second = sys._getframe(), sys._getframe()
    return names(first), names(second), names(first)


print(twice())


# Frames with a namespace, and with cells.
def around(value):
    other = value + 1

    class Body:
        own = 3
        frame = sys._getframe()
        seen = other

    return Body.frame


frame = around(4)
print(names(frame), frame.f_locals["own"], frame.f_locals["seen"])
print(frame.f_back.f_locals["value"], frame.f_back.f_locals["other"])

space = {"sys": sys, "leaf": leaf}
exec("def inner():\n    x = 1\n    return leaf(0)\nframe = inner()", space)
print(names(space["frame"]), space["frame"].f_back.f_locals)
print(space["frame"].f_back.f_back.f_locals is space)


# Generators that delegate.
def places(frame):
    found = []
    while "here" in frame.f_locals:
        found.append(frame.f_locals["here"])
        frame = frame.f_back
    return found


def last_of_chain():
    here = "last"
    for turn in range(3):
        frame = sys._getframe()
        yield names(frame), places(frame), names(frame)


def link(depth):
    here = depth
    yield from link(depth - 1) if depth else last_of_chain()


def resume(generator):
    return next(generator)


for told in link(4):
    print(told)
chain = link(3)
print(resume(chain))
print(resume(chain))


# Deep below, from the far end.
def deep(count):
    if count:
        return deep(count - 1)
    return sys._getframe()


frame, count = deep(150), 0
while frame.f_code.co_name == "deep":
    assert frame.f_locals["count"] == count, count
    frame, count = frame.f_back, count + 1
print(count, names(frame))


# In a hot loop, with variables that change.
def caller_of(depth):
    frame = sys._getframe(depth)
    return frame.f_back.f_locals["turn"], frame.f_back.f_back.f_code.co_name


def hot():
    total = 0
    for turn in range(300):
        seen, name = inner_of(turn)
        assert name == "<module>", name
        total += seen - turn
    return total


def inner_of(value):
    return caller_of(1)


print(hot())
