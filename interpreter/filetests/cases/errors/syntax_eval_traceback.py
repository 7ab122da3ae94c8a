# test: run
# exit: 1
def calculate(text):
    return eval(text)


calculate("1 + * 2")
