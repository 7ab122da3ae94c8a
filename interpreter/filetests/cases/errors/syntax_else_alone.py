# test: run
# exit: 1
else:
    pass
