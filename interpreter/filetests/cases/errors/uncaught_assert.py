# test: run
# exit: 1
def check(value):
    assert value > 0, f"{value} is not positive"


check(1)
check(-1)
