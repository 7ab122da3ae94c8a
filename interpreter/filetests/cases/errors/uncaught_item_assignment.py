# test: run
# exit: 1
text = "abc"
text[0] = "x"
