# test: debug
class Box:
    limit = 9


class Slotted:
    __slots__ = ("value",)


def fill(box):
    box.value = 1; box.value = 2; box.value = 1


box = Box()
fill(box)
box.items = [1, 2]
box.items.append(3)
box.items[1] = 5; box.items.sort(reverse=True)
box.names = {"a": 1}
for number in range(3):
    box.names["b"] = number
box.names.pop("b")
del box.value
slotted = Slotted()
slotted.value = box
Box.limit = 10
box.value, box.other = 3, 4
for number in range(20):
    setattr(box, f"a{number}", number)
box.value = 6
