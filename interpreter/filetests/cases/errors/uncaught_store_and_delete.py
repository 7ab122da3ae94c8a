# test: run
# exit: 1
class Frozen:
    __slots__ = ("a",)


frozen = Frozen()
frozen.a = 1
frozen.b = 2
