# test: run
# exit: 1
def fail(kind, text):
    try:
        raise kind(text)
    except kind as error:
        return error


raise ExceptionGroup("collected", [fail(ValueError, "a"), fail(KeyError, "b")])
