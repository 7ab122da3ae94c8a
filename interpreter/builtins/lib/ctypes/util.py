"""Where foreign libraries are: nowhere that the interpreter could use them."""


def find_library(name):
    return None
