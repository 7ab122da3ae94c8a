# test: run
# Objects that give a buffer of themselves (PEP 688).
class Text:
    def __init__(self, data):
        self.data = data

    def __buffer__(self, flags):
        assert isinstance(flags, int)
        return memoryview(self.data)


view = memoryview(Text(b"abc"))
print(view.tolist(), view.readonly, len(view), bytes(view[1:]))
print(b"".join([Text(b"x"), b"y"]), bytearray(b"1") + Text(b"2"), int.from_bytes(Text(b"\1\2"), "big"))
own = bytearray(b"...")
view = memoryview(Text(own))
view[1] = 65
print(own, view.readonly)
try:
    own.append(1)
except BufferError as error:
    print(type(error).__name__)
view.release()
own.append(66)
print(own)


class Wrong:
    def __buffer__(self, flags):
        return b"no view"


class Failing:
    def __buffer__(self, flags):
        raise KeyError("k")


for what in (Wrong(), Failing(), object()):
    try:
        memoryview(what)
    except (TypeError, KeyError) as error:
        print(type(error).__name__)
