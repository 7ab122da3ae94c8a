# test: run
"""A view that no one holds any more does not keep an array of bytes from being resized."""


def taken(data, count):
    first = bytes(memoryview(data)[:count])
    del data[:count]
    return first


data = bytearray(b"hello world")
print(taken(data, 5), data)
for _ in range(3):
    print(bytes(memoryview(data)[:1]), end=" ")
    del data[:1]
print(data)

held = memoryview(data)
for held_by in (held, [held], {"k": held}):
    try:
        data.append(1)
    except BufferError as error:
        print(error)
del held_by
held.release()
data += b"!"
print(data)


def inner():
    view = memoryview(data)
    try:
        data.pop()
    except BufferError:
        print("held by a variable")
    return len(view)


print(inner())
