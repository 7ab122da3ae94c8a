# test: run
# A subclass of a text file decides in __init__ what lies beneath.
import io


class Captured(io.TextIOWrapper):
    def __init__(self, *, mark=">"):
        self.mark = mark
        super().__init__(io.BytesIO(), encoding="utf-8", newline="", write_through=True)

    def getvalue(self):
        return self.mark + self.buffer.getvalue().decode()


class Named(io.TextIOWrapper):
    def __init__(self, buffer, name, mode, **kwargs):
        super().__init__(buffer, **kwargs)
        self._name, self._mode = name, mode

    @property
    def name(self):
        return self._name

    @property
    def mode(self):
        return self._mode


captured = Captured(mark="|")
print("a", "ö", file=captured)
print(repr(captured.getvalue()), captured.closed)
named = Named(io.BytesIO(b"one\r\ntwo"), name="<stdin>", mode="r", encoding="latin-1")
print(named.name, named.mode, named.encoding, named.readlines(), named)


class Late(io.TextIOWrapper):
    def __init__(self):
        pass


late = Late()
for use in (late.read, late.readline, late.flush):
    try:
        print(use())
    except ValueError as error:
        print(error)
io.TextIOWrapper.__init__(late, io.BytesIO(b"abc"))
print(late.read())
try:
    io.TextIOWrapper()
except TypeError as error:
    print(error)
again = io.TextIOWrapper(io.BytesIO(b"first"))
again.read(2)
again.__init__(io.BytesIO(b"second"), "ascii")
print(again.read(), again.encoding)
