# test: run
# exit: 1
data = {"alpha": {"beta": 5}}
result = data["alpha"]["beta"] + data["alpha"]["gamma"] + len(data) * 100 - max(1, 2, 3)
