# test: run
# exit: 1
assert [] == [1]
