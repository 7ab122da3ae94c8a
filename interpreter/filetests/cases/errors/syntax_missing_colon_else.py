# test: run
# exit: 1
if True:
    pass
else
    pass
