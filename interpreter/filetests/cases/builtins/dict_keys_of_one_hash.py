# test: run
# Keys that share hashes, of classes that compare by themselves and of others, in dictionaries and
# sets of each size of index table.
class Plain:
    pass


class Other:
    pass


class Equal:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number

    def __eq__(self, other):
        if isinstance(other, Equal):
            return self.number == other.number
        return NotImplemented


class Like(int):
    pass


def keys_of(size):
    keys = [Plain() for _ in range(size)] + [Other() for _ in range(size // 2)]
    for at in range(size // 3):
        keys += [Equal(hash(keys[at])), hash(keys[at]), str(at), at, Like(at + 10**6)]
    return keys


def check(size):
    keys = keys_of(size)
    table = {}
    for at, key in enumerate(keys):
        table[key] = at
    found = [table[key] for key in keys] == list(range(len(keys)))
    alike = [table.get(Equal(hash(keys[at]))) == table[Equal(hash(keys[at]))] for at in range(size // 3)]
    strangers = [table.get(Plain()) for _ in range(20)]
    members = set(keys)
    for key in keys[::3]:
        del table[key]
        members.discard(key)
    gone = [key in table for key in keys]
    print(size, found, all(alike), strangers.count(None), len(table), len(members))
    print(gone == [key in members for key in keys], gone.count(True), gone[:4])


for size in 3, 8, 9, 40, 300, 1000:
    check(size)


# Of one class, whose method comes later.
late = {Plain(): 1}
key = next(iter(late))
print(late[key], Plain() in late)
Plain.__eq__ = lambda self, other: True
Plain.__hash__ = lambda self: 5
print(key in late, {Plain(): 1, Plain(): 2, key: 3} == {key: 3})
