# test: run
# exit: 1
table = {"rows": [[1, 2], [3]]}
print(table["rows"][0][1])
print(table["rows"][1][5])
