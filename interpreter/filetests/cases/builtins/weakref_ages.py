# test: run
# Callbacks of weak references whose targets die young, or have outlived collections.
import gc
import weakref


class Thing:
    def __init__(self, number):
        self.number = number


told = []


def watch(thing):
    number = thing.number
    return weakref.ref(thing, lambda _: told.append(number))


def round_of(first, old):
    kept = [Thing(first + i) for i in range(1000)]
    references = [watch(thing) for thing in kept]
    if old:
        gc.collect()
        # Of an old target, made anew.
        references += [watch(thing) for thing in kept[:100]]
    del kept[500:]
    gc.collect()
    alive = about(reference() is not None for reference in references)
    kept.clear()
    gc.collect()
    return alive, about(reference() is not None for reference in references)


def about(each):
    # What lies stale on a stack may keep a few alive, or the storage that a list had when it was shorter.
    return round(sum(each) / 500) * 500


for number in range(4):
    alive = round_of(number * 10000, number % 2)
    print(alive, about([len(told)]), about([len(set(told))]))

# Many that stay, and many that come and go.
stays = [Thing(i) for i in range(2000)]
known = weakref.WeakSet(stays)
values = weakref.WeakValueDictionary(enumerate(stays))
for number in range(200000):
    known.add(Thing(number)) if number % 20 == 0 else Thing(number)
gc.collect()
print(about([len(known)]), about([len(values)]))
