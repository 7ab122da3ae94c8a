# test: debug
class Shape:
    def area(self):
        return 0


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2


def total(shapes):
    return sum(
        shape.area() for shape in shapes
    )


print(total([Shape(), Square(2), Square(3)]))
