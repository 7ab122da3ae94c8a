# test: run
# exit: 1
x = b"é"
