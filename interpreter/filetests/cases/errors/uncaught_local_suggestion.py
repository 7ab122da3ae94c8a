# test: run
# exit: 1
def area(width, height):
    return width * hight


area(1, 2)
