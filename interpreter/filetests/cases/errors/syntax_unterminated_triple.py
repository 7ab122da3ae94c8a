# test: run
# exit: 1
text = """starts here
and goes on
