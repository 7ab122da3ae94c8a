# test: run
# exit: 1
class Command:
    __match_args__ = ("name",)

    def __init__(self, name):
        self.name = name


match Command("go"):
    case Command(a, b):
        print("two")
