# test: run
# with: enter and exit, exceptions, suppression, several managers, nested functions.
class Manager:
    def __init__(self, name, suppress=False, fail=None):
        self.name, self.suppress, self.fail = name, suppress, fail
    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter":
            raise RuntimeError("enter failed")
        return self.name.upper()
    def __exit__(self, kind, value, trace):
        print("exit", self.name, kind.__name__ if kind else None, value, trace is not None)
        if self.fail == "exit":
            raise RuntimeError("exit failed")
        return self.suppress
with Manager("a") as a:
    print("body", a)
with Manager("a") as a, Manager("b") as b:
    print(a, b)
with (Manager("p") as p, Manager("q"), Manager("r") as (x, *y),):
    print(p, x, y)
with Manager("s", suppress=True):
    raise ValueError("suppressed")
try:
    with Manager("t"):
        raise ValueError("goes on")
except ValueError as error:
    print("caught", error)
try:
    with Manager("u", suppress=True), Manager("v", fail="enter"):
        print("not reached")
    print("suppressed by u")
    with Manager("w", fail="exit"):
        raise KeyError("original")
except RuntimeError as error:
    print(error, repr(error.__context__))
def leave(how):
    for i in range(3):
        with Manager(f"{how}{i}"):
            if how == "return":
                return i
            if how == "break":
                break
            if how == "continue":
                continue
    return "end"
print(leave("return"), leave("break"), leave("continue"))
class Box: pass
box = Box()
with Manager("attr") as box.value, Manager("item") as vars(box)["key"]:
    print(box.value, box.key)
for bad in (5, object()):
    try:
        with bad:
            pass
    except TypeError as error:
        print(type(error).__name__)
def generator():
    with Manager("gen"):
        yield 1
        yield 2
g = generator()
print(next(g))
g.close()
class Reenter:
    depth = 0
    def __enter__(self):
        self.depth += 1
        return self
    def __exit__(self, *args):
        self.depth -= 1
r = Reenter()
with r, r as inner, r:
    print(r.depth, inner is r)
print(r.depth)
