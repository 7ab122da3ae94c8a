# test: run
# exit: 1
if x = 5:
    pass
