"""The state of terminals. Numbers are those of Linux on most machines."""

import _control


class error(Exception):
    pass


NCCS = 32
TCSANOW, TCSADRAIN, TCSAFLUSH = range(3)
TCIFLUSH, TCOFLUSH, TCIOFLUSH = range(3)
TCOOFF, TCOON, TCIOFF, TCION = range(4)
(VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSWTC, VSTART, VSTOP, VSUSP, VEOL, VREPRINT,
 VDISCARD, VWERASE, VLNEXT, VEOL2) = range(17)
VSWTCH = VSWTC
IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP = 1, 2, 4, 8, 16, 32
INLCR, IGNCR, ICRNL, IUCLC, IXON, IXANY, IXOFF, IMAXBEL = (
    64, 128, 256, 512, 1024, 2048, 4096, 8192)
IUTF8 = 0x4000
OPOST, OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, OFILL, OFDEL = 1, 2, 4, 8, 16, 32, 64, 128
NLDLY, CRDLY, TABDLY, BSDLY, VTDLY, FFDLY = 0o400, 0o3000, 0o14000, 0o20000, 0o40000, 0o100000
NL0 = CR0 = TAB0 = BS0 = VT0 = FF0 = 0
NL1, CR1, CR2, CR3, TAB1, TAB2, TAB3, BS1, VT1, FF1 = (
    0o400, 0o1000, 0o2000, 0o3000, 0o4000, 0o10000, 0o14000, 0o20000, 0o40000, 0o100000)
XTABS = 0o14000
CSIZE, CS5, CS6, CS7, CS8 = 0o60, 0, 0o20, 0o40, 0o60
CSTOPB, CREAD, PARENB, PARODD, HUPCL, CLOCAL = 0o100, 0o200, 0o400, 0o1000, 0o2000, 0o4000
CRTSCTS = 0o20000000000
CBAUD, CBAUDEX, CIBAUD = 0o10017, 0o10000, 0o2003600000
ISIG, ICANON, XCASE, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP, ECHOCTL, ECHOPRT, ECHOKE, FLUSHO = (
    1 << bit for bit in range(13))
PENDIN, IEXTEN, EXTPROC = 0o40000, 0o100000, 0o200000
_SPEEDS = (0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400)
_FAST = (57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000,
         2500000, 3000000, 3500000, 4000000)
_NUMBERS = {speed: number for number, speed in enumerate(_SPEEDS)}
_NUMBERS.update((speed, 0o10001 + number) for number, speed in enumerate(_FAST))
globals().update((f"B{speed}", number) for speed, number in _NUMBERS.items())
FIONREAD, FIONBIO, TIOCGWINSZ, TIOCSWINSZ, TIOCINQ = 0x541B, 0x5421, 0x5413, 0x5414, 0x541B
TCGETS, TCSETS, TIOCSTI, TIOCSCTTY, TIOCNOTTY = 0x5401, 0x5402, 0x5412, 0x540E, 0x5422


def _number(fd):
    number = fd if isinstance(fd, int) else fd.fileno()
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def _ask(function, *args):
    try:
        return function(*args)
    except OSError as problem:
        raise error(problem.errno, problem.strerror) from None


def tcgetattr(fd, /):
    *state, codes = _ask(_control.terminal, _number(fd))
    state[4:] = (_NUMBERS.get(speed, 0) for speed in state[4:])
    characters = [bytes((code,)) for code in codes] + [b"\0"] * (NCCS - len(codes))
    if not state[3] & ICANON:
        for place in VMIN, VTIME:
            characters[place] = codes[place]
    return [*state, characters]


def tcsetattr(fd, when, attributes, /):
    if not isinstance(attributes, list) or len(attributes) != 7:
        raise TypeError("tcsetattr, arg 3: must be 7 element list")
    *state, characters = attributes
    if not isinstance(characters, list) or len(characters) != NCCS:
        raise TypeError(f"tcsetattr: attributes[6] must be {NCCS} element list")
    speeds = {number: speed for speed, number in _NUMBERS.items()}
    state[4:] = (speeds[number] for number in state[4:])
    codes = bytes(code if isinstance(code, int) else ord(code) for code in characters)
    if when not in (TCSANOW, TCSADRAIN, TCSAFLUSH):
        raise error(22, "Invalid argument")
    _ask(_control.set_terminal, _number(fd), when, state, codes)


def tcdrain(fd, /):
    _ask(_control.drain_terminal, _number(fd))


def tcflush(fd, queue, /):
    if queue not in (TCIFLUSH, TCOFLUSH, TCIOFLUSH):
        raise error(22, "Invalid argument")
    _ask(_control.flush_terminal, _number(fd), queue)


def tcgetwinsize(fd, /):
    import os
    columns, lines = _ask(os.get_terminal_size, _number(fd))
    return lines, columns
