# test: run
# pop of an OrderedDict asks none of the methods of a subclass.
from collections import OrderedDict


class Counted(OrderedDict):
    def __getitem__(self, key):
        print("get", key)
        return super().__getitem__(key)

    def __delitem__(self, key):
        print("del", key)
        super().__delitem__(key)

    def __missing__(self, key):
        return "missing"


items = Counted(a=1, b=2)
print(items.pop("a"), items.pop("z", 5), items.pop("y", default=None), list(items))
try:
    items.pop("q")
except KeyError as error:
    print(repr(error))
