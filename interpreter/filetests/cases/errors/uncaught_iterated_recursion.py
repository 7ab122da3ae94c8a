# test: run
# exit: 1
def ping(n):
    return pong(n)


def pong(n):
    if n == 0:
        raise ValueError("over")
    return ping(n - 1)


ping(3)
