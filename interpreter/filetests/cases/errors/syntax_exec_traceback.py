# test: run
# exit: 1
exec("x = (1,\n")
