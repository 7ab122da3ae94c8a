# test: run
"""A raw file's name may be set, and what lies above it takes its name from there."""
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "f")
    with open(path, "w+") as file:
        raw = file.buffer.raw
        assert file.buffer.raw is raw
        assert file.name == file.buffer.name == raw.name == path
        raw.name = "other"
        assert file.name == file.buffer.name == raw.name == "other"
        for above in (file, file.buffer):
            try:
                above.name = "third"
            except AttributeError:
                print("no name of its own:", type(above).__name__)
        file.write("text")
    with tempfile.NamedTemporaryFile("w+", dir=folder) as named:
        assert os.path.dirname(named.name) == folder and os.path.exists(named.name)
        assert named.file.buffer.raw.name == named.name
        named.write("some text")
        named.seek(0)
        assert named.read() == "some text"
    assert not os.path.exists(named.name)
    with tempfile.NamedTemporaryFile(dir=folder) as named:
        named.write(b"bytes")
        named.flush()
        assert os.path.getsize(named.name) == 5
print("fine")
# expect: no name of its own: TextIOWrapper
# expect: no name of its own: BufferedRandom
# expect: fine
