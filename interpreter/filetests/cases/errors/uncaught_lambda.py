# test: run
# exit: 1
twice = lambda x: x * 2 + missing
list(map(twice, [1]))
