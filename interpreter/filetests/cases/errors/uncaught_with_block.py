# test: run
# exit: 1
class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        print("exit", kind.__name__)
        return False


with Manager() as manager:
    manager.missing()
