# test: run
# exit: 1
class Failure(Exception):
    def __init__(self, code):
        self.code = code

    def __str__(self):
        return f"failed with code {self.code}"


raise Failure(7)
