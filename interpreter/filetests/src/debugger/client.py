"""Goes through a recording with debugpy's implementation of the Debug Adapter Protocol.

debugpy's message channel is what that debugger and its own adapter talk through; it checks the form
of what arrives. Each message is also read by the classes that pydevd generates from the protocol's
schema, so that a missing or misnamed field is an error here.

usage: client.py FOLDER WORD...    (the words that start krait-revdb)
"""

import faulthandler
import os
import queue
import subprocess
import sys
import traceback

import debugpy

vendored = os.path.join(os.path.dirname(debugpy.__file__), "_vendored", "pydevd")
sys.path.insert(0, vendored)

from _pydevd_bundle._debug_adapter import pydevd_base_schema, pydevd_schema  # noqa: E402
from debugpy.common import messaging  # noqa: E402

PROGRAM = """\
import sys

LIMIT = 3


class Account:
    __slots__ = ("owner", "balance")

    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance


class Bank:
    def __init__(self):
        self.accounts = {}
        self.log = []

    def add(self, account):
        self.accounts[account.owner] = account

    def move(self, source, target, amount):
        self.accounts[source].balance -= amount
        self.accounts[target].balance += amount
        self.log.append((source, target, amount))


def audit(bank, depth):
    if depth:
        return audit(bank, depth - 1)
    if sum(a.balance for a in bank.accounts.values()) != 300:
        raise ValueError("money is missing")
    return len(bank.log)


bank = Bank()
for name in ["ann", "bob", "cid"]:
    bank.add(Account(name, 100))
print("opened", len(bank.accounts), flush=True)
for i in range(10):
    bank.move("ann", "bob", i)
    print("moved", i, file=sys.stderr, flush=True)
print("audit", audit(bank, 2), flush=True)
bank.accounts["cid"].balance = 0
try:
    audit(bank, 1)
except ValueError as error:
    print("caught", error, flush=True)
"""
LINES = {text.strip(): at for at, text in enumerate(PROGRAM.splitlines(), 1)}


class CheckedStream(messaging.JsonIOStream):
    """Reads each message by the protocol's schema, too."""

    def read_json(self, decoder=None):
        message = super().read_json(decoder)
        plain = unwrapped(message)
        try:
            if plain.get("success", True):
                pydevd_base_schema.from_dict(plain)
        except Exception:
            # This is the thread that reads: nobody would hear of it.
            traceback.print_exc()
            print("not of the protocol's form:", plain, flush=True)
            os._exit(1)
        return message


def unwrapped(value):
    if isinstance(value, dict):
        return {key: unwrapped(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [unwrapped(item) for item in value]
    return value


class Editor:
    """One session, as an editor leads it."""

    def __init__(self, words, log, arguments=None):
        self.process = subprocess.Popen(
            [*words, "--dap"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.events = queue.Queue()
        self.output = []
        self.changed = []
        stream = CheckedStream.from_process(self.process, "krait")
        handlers = messaging.MessageHandlers(event=self.on_event)
        self.channel = messaging.JsonMessageChannel(stream, handlers, "krait")
        self.channel.start()
        self.capabilities = self.ask(
            "initialize", adapterID="krait", linesStartAt1=True, columnsStartAt1=True
        )
        self.ask("launch", log=log, **(arguments or {}))
        self.wait("initialized")

    def on_event(self, event):
        if event.event == "output":
            self.output.append((event.body["category"], event.body["output"]))
        elif event.event == "breakpoint":
            self.changed.append(dict(event.body["breakpoint"]))
        else:
            self.events.put((event.event, dict(event.body)))

    def ask(self, command, **arguments):
        return self.channel.request(command, arguments)

    def fails(self, command, **arguments):
        try:
            self.ask(command, **arguments)
        except messaging.MessageHandlingError as error:
            return str(error)
        raise AssertionError(f"{command} did not fail")

    def wait(self, wanted):
        while True:
            event, body = self.events.get(timeout=60)
            if event == wanted:
                return body
            assert event in ("process", "thread"), (event, body)

    def move(self, command, **arguments):
        self.ask(command, threadId=1, **arguments)
        return self.wait("stopped")

    def breakpoints(self, *wished):
        source = {"path": os.path.join(FOLDER, "bank.py")}
        found = self.ask("setBreakpoints", source=source, breakpoints=list(wished))
        return found["breakpoints"]

    def frames(self, **arguments):
        return self.ask("stackTrace", threadId=1, **arguments)["stackFrames"]

    def line(self):
        return self.frames(levels=1)[0]["line"]

    def value(self, expression, **arguments):
        frame = self.frames(levels=1)[0]["id"]
        # In a console, a value gets a name.
        arguments.setdefault("context", "watch")
        return self.ask("evaluate", expression=expression, frameId=frame, **arguments)

    def scope(self, name, frame=0):
        scopes = self.ask("scopes", frameId=self.frames()[frame]["id"])["scopes"]
        return next(s for s in scopes if s["name"] == name)["variablesReference"]

    def variables(self, reference, **arguments):
        found = self.ask("variables", variablesReference=reference, **arguments)
        return {v["name"]: v for v in found["variables"]}

    def written(self, category="stdout"):
        return "".join(text for kind, text in self.output if kind == category)

    def leave(self):
        self.ask("disconnect")
        self.wait("terminated")
        assert self.process.wait(30) == 0


def is_(found, wanted):
    assert found == wanted, f"{found!r}, not {wanted!r}"


def forwards_and_backwards(editor):
    assert editor.capabilities["supportsStepBack"]
    entry = editor.move_to_entry
    is_(entry["reason"], "entry")
    is_(editor.line(), 1)
    is_(editor.ask("threads")["threads"], [{"id": 1, "name": "main"}])
    found = editor.breakpoints({"line": LINES["self.log.append((source, target, amount))"]})
    is_(found[0]["verified"], True)
    stop = editor.move("continue")
    is_((stop["reason"], stop["hitBreakpointIds"]), ("breakpoint", [found[0]["id"]]))
    is_([f["name"] for f in editor.frames()], ["Bank.move", "<module>"])
    is_(editor.written(), "opened 3\n")
    is_(editor.value("amount")["result"], "0")
    editor.move("continue")
    is_(editor.value("amount")["result"], "1")
    is_(editor.written("stderr"), "moved 0\n")
    editor.move("stepBack")
    is_(editor.line(), LINES["self.accounts[target].balance += amount"])
    editor.move("next")
    editor.move("next")
    editor.move("stepOut")
    is_(editor.frames()[0]["name"], "<module>")
    editor.move("reverseContinue")
    is_(editor.value("amount")["result"], "1")
    editor.move("reverseContinue")
    is_(editor.value("amount")["result"], "0")
    stop = editor.move("reverseContinue")
    assert "start of the recording" in stop["description"], stop
    is_(editor.line(), 1)
    editor.breakpoints()
    stop = editor.move("continue")
    assert "exit code 0" in stop["description"], stop
    assert editor.written().endswith("caught money is missing\n"), editor.written()
    editor.move("restart")
    is_(editor.line(), 1)


def conditions(editor):
    at = {"line": LINES["self.log.append((source, target, amount))"]}
    editor.breakpoints({**at, "condition": "amount > 6"})
    editor.move("continue")
    is_(editor.value("amount")["result"], "7")
    editor.move("restart")
    editor.breakpoints({**at, "hitCondition": "4"})
    editor.move("continue")
    is_(editor.value("amount")["result"], "3")
    editor.move("restart")
    editor.breakpoints({**at, "hitCondition": "% 5"})
    editor.move("continue")
    editor.move("continue")
    is_(editor.value("amount")["result"], "9")
    editor.move("restart")
    editor.breakpoints({**at, "logMessage": "from {source}: {amount} {{x}}"})
    editor.move("continue")
    said = editor.written("console")
    assert "from ann: 9 {x}" in said and said.count("from ann") == 10, said
    editor.breakpoints()
    found = editor.ask("setFunctionBreakpoints", breakpoints=[{"name": "Bank.move"}, {"name": ""}])
    is_([b["verified"] for b in found["breakpoints"]], [True, False])
    stop = editor.move("reverseContinue")
    is_((stop["reason"], editor.value("amount")["result"]), ("function breakpoint", "9"))
    editor.ask("setFunctionBreakpoints", breakpoints=[])
    editor.move("restart")


def exceptions(editor):
    editor.ask(
        "setExceptionBreakpoints",
        filters=[],
        filterOptions=[{"filterId": "raised", "condition": "ValueError"}],
    )
    stop = editor.move("continue")
    is_(stop["reason"], "exception")
    assert "money is missing" in stop["text"], stop
    info = editor.ask("exceptionInfo", threadId=1)
    is_((info["exceptionId"], info["description"]), ("ValueError", "money is missing"))
    is_([f["name"] for f in editor.frames()], ["audit", "audit", "<module>"])
    is_(editor.value("depth")["result"], "0")
    outer = editor.frames()[1]["id"]
    found = editor.ask("evaluate", expression="depth", frameId=outer, context="hover")
    is_(found["result"], "1")
    editor.ask("setExceptionBreakpoints", filters=["uncaught"])
    stop = editor.move("continue")
    assert "end of the recording" in stop["description"], stop
    editor.ask("setExceptionBreakpoints", filters=[])
    editor.move("reverseContinue")


def data(editor):
    editor.breakpoints({"line": LINES['bank.accounts["cid"].balance = 0']})
    editor.move("continue")
    accounts = editor.value('bank.accounts')
    is_((accounts["namedVariables"], accounts["type"]), (3, "dict"))
    parts = editor.variables(accounts["variablesReference"])
    is_(list(parts), ["'ann'", "'bob'", "'cid'"])
    reference = parts["'bob'"]["variablesReference"]
    is_(editor.variables(reference)["balance"]["value"], "145")
    is_(parts["'bob'"]["evaluateName"], "bank.accounts['bob']")
    info = editor.ask("dataBreakpointInfo", variablesReference=reference, name="balance")
    assert info["dataId"].endswith(".balance"), info
    found = editor.ask("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"]}])
    is_(found["breakpoints"][0]["verified"], True)
    editor.breakpoints()
    stop = editor.move("reverseContinue")
    is_((stop["reason"], stop["text"]), ("data breakpoint", "136 => 145"))
    is_(editor.line(), LINES["self.accounts[target].balance += amount"])
    stop = editor.move("reverseContinue")
    is_(stop["text"], "128 => 136")
    editor.ask("setDataBreakpoints", breakpoints=[])
    # A function's variable is no part of an object; a module's is one of its namespace.
    local = editor.scope("Locals")
    info = editor.ask("dataBreakpointInfo", variablesReference=local, name="amount")
    is_(info["dataId"], None)
    module = editor.scope("Globals")
    info = editor.ask("dataBreakpointInfo", variablesReference=module, name="i")
    editor.ask("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"]}])
    stop = editor.move("continue")
    is_((stop["reason"], stop["text"]), ("data breakpoint", "8 => 9"))
    editor.ask("setDataBreakpoints", breakpoints=[])


def values(editor):
    editor.breakpoints({"line": LINES["return len(bank.log)"]})
    editor.move("continue")
    here = editor.variables(editor.scope("Locals"))
    is_(sorted(here), ["bank", "depth"])
    is_(here["depth"]["variablesReference"], 0)
    bank = editor.variables(here["bank"]["variablesReference"])
    is_(sorted(bank), ["accounts", "log"])
    is_(bank["log"]["indexedVariables"], 10)
    reference = bank["log"]["variablesReference"]
    window = editor.variables(reference, filter="indexed", start=8, count=5)
    is_([v["value"] for v in window.values()], ["('ann', 'bob', 8)", "('ann', 'bob', 9)"])
    is_(window["[9]"]["evaluateName"], "bank.log[9]")
    assert "LIMIT" in editor.variables(editor.scope("Globals"))
    # A value that the program does not hold is computed anew for each part.
    made = editor.value("[{'a': [1, 2]}, {3}]")
    parts = editor.variables(made["variablesReference"])
    inner = editor.variables(parts["[0]"]["variablesReference"])
    deep = editor.variables(inner["'a'"]["variablesReference"])
    is_([v["value"] for v in deep.values()], ["1", "2"])
    is_(editor.value("bank.log.clear()")["result"], "None")
    is_(editor.value("len(bank.log)")["result"], "10")
    assert "I/O" in editor.fails("evaluate", expression="open('x', 'w')", context="watch")
    assert "NameError" in editor.fails("evaluate", expression="nothing", context="hover")
    found = editor.ask("completions", text="bank.lo", column=8)["targets"]
    is_([t["label"] for t in found], ["log"])
    is_((found[0]["start"], found[0]["length"]), (5, 2))
    assert editor.value("bank", context="repl")["result"].startswith("$")
    is_(editor.value(":when", context="repl")["result"].isdigit(), True)
    editor.value(":mark here", context="repl")
    editor.value(":go start", context="repl")
    is_(editor.wait("stopped")["reason"], "goto")
    is_(editor.line(), 1)
    editor.value(":go here", context="repl")
    editor.wait("stopped")


def places(editor):
    source = {"path": os.path.join(FOLDER, "bank.py")}
    is_(editor.frames()[0]["name"], "audit")
    editor.breakpoints()
    editor.move("restartFrame", frameId=editor.frames()[1]["id"])
    is_((editor.frames()[0]["name"], len(editor.frames())), ("audit", 3))
    is_(editor.value("depth")["result"], "1")
    line = LINES['print("opened", len(bank.accounts), flush=True)']
    targets = editor.ask("gotoTargets", source=source, line=line)["targets"]
    is_(len(targets), 2)
    editor.move("goto", targetId=targets[1]["id"])
    is_(editor.line(), line)
    found = editor.ask("breakpointLocations", source=source, line=1, endLine=4)["breakpoints"]
    is_([b["line"] for b in found], [1, 3])
    frame = editor.frames()[0]
    is_(frame["source"], {"name": "bank.py", "path": source["path"]})


def changed_source(words, log):
    with open(os.path.join(FOLDER, "bank.py"), "w") as file:
        file.write("print('another program')\n")
    editor = Editor(words, log, {"time": "start"})
    editor.ask("configurationDone")
    editor.wait("stopped")
    source = editor.frames()[0]["source"]
    assert "changed" in source["origin"], source
    text = editor.ask("source", source=source, sourceReference=source["sourceReference"])
    is_(text["content"], PROGRAM)
    found = editor.ask("setBreakpoints", source=source, breakpoints=[{"line": 36}])
    is_(found["breakpoints"][0]["verified"], True)
    editor.leave()


def pausing(words, log):
    editor = Editor(words, log, {"stopOnEntry": False, "time": "start"})
    editor.ask("configurationDone")
    # Whether or not the end is reached before, there is one stop, and the session lives.
    editor.ask("pause", threadId=1)
    editor.wait("stopped")
    is_(editor.value("6 * 7")["result"], "42")
    editor.leave()


def main(words):
    script = os.path.join(FOLDER, "bank.py")
    log = os.path.join(FOLDER, "bank.rdb")
    with open(script, "w") as file:
        file.write(PROGRAM)
    subprocess.run(
        [*words, "--record", log, script], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with open(log, "rb") as file:
        before = file.read()
    editor = Editor(words, log)
    editor.ask("configurationDone")
    editor.move_to_entry = editor.wait("stopped")
    for part in (forwards_and_backwards, conditions, exceptions, data, values, places):
        part(editor)
    editor.leave()
    pausing(words, log)
    changed_source(words, log)
    with open(log, "rb") as file:
        is_(file.read() == before, True)
    print("all went well")


# An answer that never comes is a failure, too.
faulthandler.dump_traceback_later(100, exit=True)
FOLDER = sys.argv[1]
main(sys.argv[2:])
