# test: run
# What was let go is gone after gc.collect(), whatever operations have had it as an operand.
import gc
import weakref


class Thing:
    pass


def used(value):
    return value


# Straight code, as what is compiled may keep more; and of all together most, as a word that lies in the
# machine's own frames by chance may keep each of one kind.
PASSED = """
thing = Thing()
reference = weakref.ref(thing)
used(thing)
used(used(thing))
del thing
gc.collect()
gone += reference() is None
"""

IN_CONTAINERS = """
thing = Thing()
reference = weakref.ref(thing)
things = [thing, used(thing)]
pair = (thing, things)
by_name = {"thing": thing, "pair": pair}
str(by_name["thing"])
del thing, things, pair, by_name
used({"other": used([1])})
gc.collect()
gone += reference() is None
"""

IN_CYCLES = """
thing = Thing()
thing.itself = thing
reference = weakref.ref(thing)
used([thing])
del thing
gc.collect()
gone += reference() is None
"""


def kept():
    # What is still wanted stays: operands of a call that is under way, and variables.
    thing, other = Thing(), Thing()
    references = [weakref.ref(thing), weakref.ref(other)]
    seen = [used(thing), gc.collect(), references[0]() is thing, used([other])]
    return seen[2], references[1]() is other, seen[0] is thing


class Collects:
    def __init__(self, held):
        self.held = held

    def __add__(self, other):
        gc.collect()
        return NotImplemented

    def __radd__(self, other):
        gc.collect()
        return Collects(other)

    def __lt__(self, other):
        gc.collect()
        return id(self) < id(other)


def operands_stay():
    total = Collects([1]) + Collects([2])
    total = [3] + Collects(total)
    items = sorted([Collects([n]) for n in range(5)])
    return total.held, sorted(item.held[0] for item in items), max(items, key=lambda i: i.held)


def generated():
    def numbers():
        held = [Collects([n]) for n in range(3)]
        for item in held:
            gc.collect()
            yield item.held
            gc.collect()

    return [held for held in numbers()], [*numbers()], sum(map(sum, numbers()))


gone = 0
exec(PASSED * 20)
exec(IN_CONTAINERS * 20)
exec(IN_CYCLES * 20)
print(gone > 30)
print(kept())
try:
    print(operands_stay())
except TypeError as error:
    print(error)
print(generated())
