# test: run
"""What `isinstance` says of objects that claim another class, before it is compiled and after."""


class Named:
    pass


class Sub(Named):
    pass


class Proxy:
    def __init__(self, of):
        self._of = of

    def __getattribute__(self, name):
        of = object.__getattribute__(self, "_of")
        return of if name == "_of" else getattr(of, name)


class Claiming:
    @property
    def __class__(self):
        return Named


class Plain:
    pass


def check(what, kind):
    return isinstance(what, kind)


objects = [Named(), Sub(), Plain(), Proxy(Named()), Proxy(Plain()), Claiming()]
for turn in range(120):
    found = [check(what, Named) for what in objects] + [check(3, Named), check(Proxy(Sub()), (int, Named))]
    if turn == 80:
        # From now on the proxies are what they are.
        del Proxy.__getattribute__
    if turn % 40 < 2 or turn % 40 > 37:
        print(turn, found)
