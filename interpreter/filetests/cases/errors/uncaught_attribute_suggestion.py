# test: run
# exit: 1
class Shape:
    def __init__(self):
        self.width = 1


Shape().widht
