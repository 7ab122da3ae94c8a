# test: run
# exit: 1
(a.b := 5)
