# test: run
# All that a tuple behind `except` names has to be a class of exceptions, whichever matches.


def attempt(classes, error):
    try:
        try:
            raise error
        except classes as caught:
            return repr(caught)
    except BaseException as other:
        return f"{type(other).__name__}: {other}; {other.__context__!r}"


tuples = [
    (ValueError, KeyError),
    (ValueError, 42),
    (42, ValueError),
    (KeyError, 42),
    (KeyError, (ValueError, OSError)),
    ((ValueError,), KeyError),
    (ValueError, int),
    (),
    42,
    None,
]
for classes in tuples:
    print(classes, attempt(classes, ValueError(1)))


def hot(count):
    found = {}
    for n in range(count):
        classes = (ValueError, KeyError) if n < count - 50 else (ValueError, KeyError, None)
        text = attempt(classes, ValueError() if n % 2 else KeyError())
        found[text] = found.get(text, 0) + 1
    return found


print(hot(400))
