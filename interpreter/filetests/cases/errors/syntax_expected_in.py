# test: run
# exit: 1
for x y in z:
    pass
