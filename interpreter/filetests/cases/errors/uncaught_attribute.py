# test: run
# exit: 1
class Box:
    pass


box = Box()
box.value = None
print(box.value.other.more)
