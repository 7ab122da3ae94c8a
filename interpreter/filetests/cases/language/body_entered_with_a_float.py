# test: run
# A bridge comes to a loop's body, among whose steps is a test of floats.


def cap(value):
    if type(value) is int:
        return value if -LIMIT < value < LIMIT else value % 1000000007


def show(value):
        return "{" + ", ".join(map(repr, sorted(value))) + "}"


def attempt(case):
    try:
        print(case.__name__, "gives", show(case()))
    except Exception as error:
        print(case.__name__, "raises", type(error).__name__)


def divided(_start, last=0.5):
    rest = 6
    while rest:
        rest -= 1
        found = cap((((1 << 60, 3) + (rest,))[-3:][1] / (rest or 3)))


def asked():
    numbers = {0, -1, 1 << 60}
    same = numbers
    if (numbers ^ same):
        pass
    else:
        if divided(1.7976931348623157e308) <= "text"[1:2:-1]:
            pass


attempt(asked)
