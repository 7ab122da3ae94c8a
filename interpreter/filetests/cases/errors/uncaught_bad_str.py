# test: run
# exit: 1
class Unprintable(Exception):
    def __str__(self):
        raise TypeError("no text")


raise Unprintable
