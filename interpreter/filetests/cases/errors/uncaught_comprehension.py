# test: run
# exit: 1
values = [1, 2, 0]
result = [10 / value for value in values]
