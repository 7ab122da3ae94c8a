# test: run
# exit: 1
try:
    [][3]
except IndexError:
    raise LookupError("nothing there") from None
