# test: run
# exit: 1
def make():
    class Local(Exception):
        pass

    return Local


raise make()("from a local class")
