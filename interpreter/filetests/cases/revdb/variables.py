# test: debug
items = []
total = 0


class Box:
    def __init__(self):
        self.value = 0


def work(box, limit):
    global total
    own = []
    for number in range(limit):
        items.append(number)
        own.append(number)
        box.value += number
        total += number
    return own


result = work(Box(), 3)
len = sum
del total
print(result)
