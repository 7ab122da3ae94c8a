# test: run
"""A loop's body names the shape of a class that has died when a bridge would enter it."""

import gc


class Holder:
    pass


def loop(holder, flags, n):
    total = 0
    for i in range(n):
        if flags[i % 3]:
            total += 1
        else:
            total += holder.item.value
    return total


def item_of_its_own_class(value):
    class Item:
        def __init__(self):
            self.value = value

    return Item()


holder = Holder()
for round in range(3):
    holder.item = item_of_its_own_class(round)
    print(loop(holder, [False, False, False], 5000))
    holder.item = None
    gc.collect()
    holder.item = item_of_its_own_class(round + 10)
    gc.collect()
    print(loop(holder, [True, False, True], 5000))
