# test: run
# exit: 1
if 1 > 0
    print("x")
