# test: run
value = 5
if value is 5:
    print("is")
print(value is not "text")
