# test: run
# exit: 1
größe = "日本語"
print(größe + größe * 2 + größe.unbekannt)
