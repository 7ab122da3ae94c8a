# test: run
# exit: 1
value = "text"
print(-value)
