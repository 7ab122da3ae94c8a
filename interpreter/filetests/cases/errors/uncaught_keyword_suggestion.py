# test: run
# exit: 1
def configure(verbose=False, timeout=10):
    return verbose


configure(timeuot=5)
