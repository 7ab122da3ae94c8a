LIMIT = 1 << 200


def cap(value):
    if type(value) is int:
        return value if -LIMIT < value < LIMIT else value % 1000000007
    if type(value) in (str, list, tuple, bytes):
        return value[:24]
    return value


def show(value):
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(map(repr, sorted(value))) + "}"
    return repr(value)


def kind(error):
    # Inlined comprehensions (3.12) made some of the one into the other.
    return "NameError" if isinstance(error, NameError) else type(error).__name__


def attempt(case):
    try:
        print(case.__name__, "gives", show(case()))
    except Exception as error:
        print(case.__name__, "raises", kind(error))


class Oops(Exception):
    pass


class Worse(Oops, ValueError):
    pass


class Guard:
    def __init__(self, name, swallow):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, type, error, traceback):
        print("exit", self.name, None if error is None else kind(error))
        return self.swallow


g0 = 1
g1 = 1 << 60
g2 = -7
