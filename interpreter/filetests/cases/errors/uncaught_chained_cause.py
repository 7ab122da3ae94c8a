# test: run
# exit: 1
class ConfigError(Exception):
    pass


def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise ConfigError("bad number in configuration") from error


parse("x1")
