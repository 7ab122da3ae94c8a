# test: run
try:
    pairs = [(1, 2) (3, 4)]
except TypeError as error:
    print(error)
