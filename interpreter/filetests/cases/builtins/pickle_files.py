# test: run
# Files, buffers out of band, errors.
import io
import pickle

values = [1, "two", [3.0], {"four": (4,)}, b"five" * 100, bytearray(b"six")]
for protocol in range(6):
    file = io.BytesIO()
    for value in values:
        pickle.dump(value, file, protocol)
    end = file.tell()
    file.write(b"rest")
    file.seek(0)
    assert [pickle.load(file) for _ in values] == values
    assert file.tell() == end and file.read() == b"rest"
    file.seek(0)
    unpickler = pickle.Unpickler(file)
    assert [unpickler.load() for _ in values] == values
    assert file.tell() == end


class Slow:
    """A file that gives what it is asked for, and can show what is to come."""

    def __init__(self, data):
        self.file = io.BytesIO(data)
        self.calls = set()

    def read(self, count):
        self.calls.add("read")
        return self.file.read(count)

    def readline(self):
        self.calls.add("readline")
        return self.file.readline()


class Peeking(Slow):
    def peek(self, count):
        at = self.file.tell()
        data = self.file.read(min(count, 7))
        self.file.seek(at)
        return data


for protocol in range(6):
    data = b"".join(pickle.dumps(value, protocol) for value in values)
    for kind in (Slow, Peeking):
        file = kind(data)
        assert [pickle.load(file) for _ in values] == values
        assert file.file.tell() == len(data)
        try:
            pickle.load(file)
        except EOFError as error:
            print(error)

# Buffers.
buffer = pickle.PickleBuffer(b"readonly")
print(pickle.loads(pickle.dumps(buffer, 5)), bytes(buffer), memoryview(buffer).readonly)
writable = pickle.PickleBuffer(bytearray(b"writable"))
print(pickle.loads(pickle.dumps(writable, 5)), writable.raw().tobytes(), writable.raw().format)
taken = []
data = pickle.dumps([buffer, writable], 5, buffer_callback=taken.append)
print(data, [bytes(one) for one in taken])
print([bytes(one) for one in pickle.loads(data, buffers=taken)])
print(pickle.loads(data, buffers=[b"one", bytearray(b"two")]))
out = pickle.loads(data, buffers=[bytearray(b"one"), bytearray(b"two")])
print(out[0].readonly, out[1])
print(pickle.dumps([buffer], 5, buffer_callback=lambda one: True))
for arguments in [(), ([],), ([b"one"],)]:
    try:
        pickle.loads(data, buffers=arguments[0] if arguments else None)
    except pickle.UnpicklingError as error:
        print(error)
writable.release()
for use in (writable.raw, lambda: pickle.dumps(writable, 5), lambda: bytes(writable)):
    try:
        use()
    except Exception as error:
        print(type(error).__name__)
for use in (lambda: pickle.dumps(buffer, 4), lambda: pickle.dumps(1, 4, buffer_callback=print),
            lambda: pickle.dumps(1, 6), lambda: pickle.PickleBuffer("text")):
    try:
        use()
    except Exception as error:
        print(type(error).__name__, str(error).replace("memoryview: ", ""))

# Bad pickles.
for data in [b"", b"\x80", b"\x80\x04", b"N", b".", b"0.", b"N0.", b"(.", b"(N.", b"N(.", b"t.", b"e.",
             b"\x80\x63N.", b"]a.", b"(a.", b"](Nu.", b"}(Nu.", b"}Ns.", b"h\x00.", b"g1\n.", b"gx\n.",
             b"j\xff\xff\xff\xff.", b"p1\n.", b"Np-1\n.", b"q\x00.", b"\x94.", b"I\n.", b"Iabc\n.", b"I12",
             b"F\n.", b"Fx\n.", b"S\n.", b"S'abc\n.", b"Sabc\n.", b"S'\\x'\n.", b"U\x05abc.", b"T\xff\xff\xff\xff.",
             b"X\x05\x00\x00\x00abc.", b"X\x01\x00\x00\x00\xff.", b"\x8c\x05abc.", b"\x8a\x05\x01.",
             b"\x8b\xff\xff\xff\xff.", b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
             b"\x8d\xff\xff\xff\xff\xff\xff\xff\x00.", b"\x95\xff\xff\xff\xff\xff\xff\xff\xff.",
             b"\x95\x05\x00\x00\x00\x00\x00\x00\x00N.", b"R.", b"NN\x93.", b"N)\x81.", b"cbuiltins\nint\nN\x81.",
             b"cbuiltins\nint\n)N\x92.", b"Nb.", b"N}b.", b"NNb.", b"\x82\x00.", b"\x82\x01.", b"P1\n.", b"NQ.",
             b"\xff.", b"'.", b"~.", b"\\.", b"\n", b"cos\n", b"c\n\n.", b"cnosuchmodule\nx\n.", b"\x97.", b"o.", b"(o.",
             b"2.", b"N2.", b"1.", b"((1.", b"(N(1\x86.", b"\x85.", b"(\x91.", b"](K\x01e(K\x02e."]:
    try:
        print(data, pickle.loads(data))
    except Exception as error:
        print(data, type(error).__name__, error)
    try:
        pickle.load(io.BytesIO(data))
    except Exception as error:
        print(type(error).__name__)


# Objects that cannot be pickled.
class Odd:
    def __init__(self, answer):
        self.answer = answer

    def __reduce_ex__(self, protocol):
        return self.answer


for answer in [(), (int,), (int, ()) + (None,) * 5, (1, ()), (int, []), (int, (), None, [1]),
               (int, (), None, None, {}), (int, (), 1, None, None, 5)]:
    for protocol in (0, 2, 4):
        try:
            pickle.dumps(Odd(answer), protocol)
        except pickle.PicklingError:
            print("PicklingError")


def local():
    class Local:
        pass
    return Local


for value in [local(), local()(), lambda: None, open, (n for n in ()), io.BytesIO]:
    try:
        pickle.dumps(value)
        print("fine")
    except Exception as error:
        print("error")
for use in (lambda: pickle.dump(1, None), lambda: pickle.load(None), lambda: pickle.loads("text"),
            lambda: pickle.Pickler.__new__(pickle.Pickler).dump(1),
            lambda: pickle.Unpickler.__new__(pickle.Unpickler).load()):
    try:
        use()
    except Exception as error:
        print(type(error).__name__, error)
print(pickle.PicklingError.__mro__[1:3], pickle.UnpicklingError.__module__)
