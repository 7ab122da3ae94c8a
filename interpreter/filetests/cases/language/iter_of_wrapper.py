# test: run
"""iter() of an object of a subclass of a builtin iterator gives the object."""


class Numbered(enumerate):
    pass


class Items(list):
    pass


def own(items):
    numbered = Numbered(items)
    return iter(numbered) is numbered


def other(items):
    items = Items(items)
    return iter(items) is items


print({own([number]) for number in range(200)}, {other([number]) for number in range(200)})
