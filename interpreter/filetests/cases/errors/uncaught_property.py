# test: run
# exit: 1
class Sensor:
    @property
    def value(self):
        return self._read()

    def _read(self):
        raise OSError(5, "Input/output error", "sensor0")


print(Sensor().value)
