# test: run
# exit: 1
class Builder:
    def __init__(self):
        self.parts = []

    def add(self, part):
        if not part:
            raise ValueError("empty part")
        self.parts.append(part)
        return self


Builder().add("a").add("b").add("").add("c")
