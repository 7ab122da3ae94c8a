# test: run
# dir() of an object of a class that derives from that of modules.
import types


class Own(types.ModuleType):
    ignored = 1

    def __init__(self, name):
        super().__init__(name)
        self.b = 2


made = Own("made")
made.a = 1
print([name for name in dir(made) if not name.startswith("_")], sorted(set(dir(made)) - {"a", "b"}))
made.__dir__ = lambda: ["given"]
print(dir(made))
