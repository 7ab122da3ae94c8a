# test: run
# A number of items that does not fit leaves the variables as they were.
def unpack(source):
    a = b = 0
    try:
        a, b = source
    except ValueError:
        print("does not fit", end=" ")
    print(a, b)


for source in ((1, 2, 3), (1,), [5, 6], iter([1]), "ab", {1: 2}, range(3), range(2)):
    unpack(source)
