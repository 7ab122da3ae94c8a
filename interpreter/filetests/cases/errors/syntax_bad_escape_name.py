# test: run
# exit: 1
x = "\N{no such character name}"
