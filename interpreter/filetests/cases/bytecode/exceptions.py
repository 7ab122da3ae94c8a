# test: bytecode
def handle(f):
    try:
        return f()
    except (ValueError, KeyError) as e:
        print(e)
    except TypeError:
        raise
    else:
        f = None
    finally:
        f.close()


def leave(items):
    for item in items:
        try:
            if item:
                continue
            break
        finally:
            items.pop()
    with open(items) as f, f.lock:
        return f.read()


def group(f):
    try:
        f()
    except* OSError as e:
        print(e)
    raise ValueError from None
