# test: run
# exit: 1
class Base:
    def __init__(self, size):
        self.size = size


class Derived(Base):
    def __init__(self):
        super().__init__()


Derived()
