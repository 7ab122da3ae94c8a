# test: debug
# exit: 1
import posix as os


class Foo:
    value = 5


def check(foo):
    if foo.value != 6:
        print("a value is wrong", flush=True)
        os._exit(1)


foos = [Foo() for _ in range(100)]
foos[50].value += 1
for foo in foos:
    foo.value += 1
for x in foos:
    check(x)
