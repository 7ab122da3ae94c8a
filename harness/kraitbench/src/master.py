
import json
import os
import time
from pathlib import Path

from buildbot.plugins import schedulers, steps, util, worker
from buildbot.process.results import SUCCESS, WARNINGS

# What cron says is in UTC.
os.environ["TZ"] = "UTC"
time.tzset()


def passwords():
    """A line `HOST PASSWORD` for each machine, in a file that lies beside this one."""
    path = Path(basedir).resolve() / "passwords"
    advice = f"write a line `HOST PASSWORD` for each of {', '.join(MACHINES)}"
    try:
        text = path.read_text()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; {advice}") from error
    pairs = [line.split() for line in text.splitlines() if line.strip()]
    known = dict(pair for pair in pairs if len(pair) == 2)
    for host in MACHINES:
        if host not in known:
            raise ValueError(f"{path}: no password for {host}; {advice}")
    return known


def latest(status, out, _err):
    """The run that was made last, and whether it is whole."""
    runs = json.loads(out)["runs"] if status == 0 else []
    return {"run": runs[-1]["run"], "whole": runs[-1]["whole"]} if runs else {}


# One at a time joins, reports and judges.
joining = util.MasterLock("joining")


def here(name, script, *words, **more):
    """A step on this machine, in the master's folder. Words are passed as words, never as text of the script."""
    return steps.MasterShellCommand(
        name=name,
        command=["sh", "-c", script, KRAITBENCH, *words],
        locks=[joining.access("exclusive")],
        **more,
    )


def factory(host, share):
    measured = f"measured/{host}"
    run = ["bin/kraitbench", "run", PATH, "--build", *share, "--store", "../store"]
    return util.BuildFactory([
        steps.Git(repourl=REPOSITORY, mode="incremental", haltOnFailure=True),
        steps.ShellCommand(
            name="build", command=["make", "build"], timeout=7200, haltOnFailure=True
        ),
        # A benchmark that failed is told and stops nothing. A run that was interrupted is gone on
        # with by the next night.
        steps.ShellCommand(
            name="measure",
            command=run,
            timeout=7200,
            interruptSignal="INT",
            decodeRC={0: SUCCESS, 1: WARNINGS},
        ),
        steps.SetPropertyFromCommand(
            name="status",
            command=["bin/kraitbench", "status", "--json", "--store", "../store"],
            extract_fn=latest,
            haltOnFailure=True,
        ),
        steps.DirectoryUpload(
            name="bring",
            workersrc="../store",
            masterdest=measured,
            compress="gz",
            haltOnFailure=True,
        ),
        here("join", '"$0" store merge "$1" --store store', measured, haltOnFailure=True),
        # Only what the joint store holds is removed, and only a run that is whole: another is gone on
        # with there.
        here("remove what was brought", 'rm -rf "$1"', measured),
        *(
            steps.RemoveDirectory(
                name=f"remove the {folder} there",
                dir=folder,
                doStepIf=lambda step: step.getProperty("whole", False),
            )
            for folder in ["store", "store.derived"]
        ),
        here("report", '"$0" report --store store --site site'),
        # Each machine's run by itself, under its own name. Without a baseline there is nothing to judge
        # yet.
        here(
            "gate",
            '"$0" gate --run "$1" --alone --store store; status=$?; [ $status -eq 4 ] || exit $status',
            util.Property("run"),
        ),
    ])


secrets = passwords()
c = BuildmasterConfig = {
    "title": f"kraitbench {EXPERIMENT}",
    "buildbotNetUsageData": None,
    "db": {"db_url": "sqlite:///state.sqlite"},
    "protocols": {"pb": {"port": LISTEN}},
    # A machine measures one thing at a time.
    "workers": [worker.Worker(host, secrets[host], max_builds=1) for host in MACHINES],
    "builders": [
        util.BuilderConfig(
            name=f"{EXPERIMENT}-{host}", workernames=[host], factory=factory(host, share)
        )
        for host, share in MACHINES.items()
    ],
    "schedulers": [
        schedulers.Nightly(
            name="night", builderNames=[f"{EXPERIMENT}-{host}" for host in MACHINES], **AT
        )
    ],
}
