# test: run
# exit: 1
größe = "日本" + + * 3
