# test: run
# exit: 5
raise SystemExit(5)
