# test: run
# exit: 1
name = None
print(f"hello {name.upper()} and {name!r}")
