# test: run
# exit: 1
def add(a, b):
    return a + b


add(
    1,
    "two",
)
