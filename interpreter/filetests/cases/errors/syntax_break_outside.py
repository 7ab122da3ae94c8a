# test: run
# exit: 1
if True:
    break
