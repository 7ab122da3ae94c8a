# test: run
# exit: 1
exec("x = 1\ny = x + 'a'\n")
