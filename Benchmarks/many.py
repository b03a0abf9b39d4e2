"""Many entries: start, reload and memory with nothing due, then what one due entry costs beside few entries and beside many.

usage: many.py [N] (100000)
"""

import json
import os
import pathlib
import sys
import time

import bench

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
FEW = 1_000
# Entries that are due again and again, how often, and the rolls that are measured.
DUE, PERIOD, ROLLS = 250, "5s", 1_000
TICKS = os.sysconf("SC_CLK_TCK")


def configuration(workspace, sandbox, count, due):
    """A configuration with `count` entries, of which the sandbox knows the first `due`, written without blanks."""
    path = workspace.path / "config.json"
    published = workspace.path / "published"
    entries = [
        {"name": f"entry-{number}",
         "token_id": sandbox.tokens[number] if number < due else f"{number:032x}",
         "publish": [{"file": f"{published}/{number}"}],
         **({"schedule": {"every": PERIOD, "jitter": PERIOD}} if number < due else {})}
        for number in range(count)]
    path.write_text(json.dumps({
        "api": {"base_url": sandbox.url, "ca_file": str(sandbox.ca), "settle_time": "1s",
                "rate_limit": {"requests": 1_000_000, "per": "1s"}},
        "credentials": {"bench": {"file": str(sandbox.directory / "credential")}},
        "defaults": {"account_id": sandbox.account, "credential": "bench", "schedule": {"every": "30d"}},
        "tokens": entries,
        "state_directory": str(workspace.path / "state"),
    }, separators=(",", ":")))
    return path


def at_rest():
    with bench.Workspace() as workspace, bench.Sandbox(workspace, 1) as sandbox:
        config = configuration(workspace, sandbox, COUNT, 0)
        text = config.stat().st_size / COUNT

        def report(what, seconds, service):
            time.sleep(1)
            private = service.memory()[1] * (1 << 20)
            print(f"{what}: {seconds:.2f} s (limit 2); private {private / 1e6:.1f} MB, "
                  f"{private / COUNT - text:.0f} bytes an entry beside its {text:.0f} of configuration (limit 1024)")

        for start in ("first start", "later start"):
            with bench.Service(workspace, config) as service:
                report(f"exec to READY with {COUNT} entries, {start}", service.ready, service)
                report("  reload", service.reload(), service)
                report("  another", service.reload(), service)


def processor_time(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cost(count):
    """The processor time of the service for one roll of an entry that is due, beside `count` - 1 others."""
    with bench.Workspace() as workspace, bench.Sandbox(workspace, DUE) as sandbox:
        config = configuration(workspace, sandbox, count, DUE)
        with bench.Service(workspace, config) as service:
            # The first roll of each is looked up besides.
            sandbox.admin(f"wait?rolls={DUE + 50}&timeout=120")
            rolls, used = sandbox.admin("tokens")["rolls"], processor_time(service.process)
            sandbox.admin(f"wait?rolls={rolls + ROLLS}&timeout=120")
            return (processor_time(service.process) - used) / (sandbox.admin("tokens")["rolls"] - rolls)


at_rest()
few, many = [], []
for _ in range(3):
    few.append(cost(FEW))
    many.append(cost(COUNT))
few, many = bench.median(few), bench.median(many)
print(f"one due entry beside {FEW} others: {few * 1000:.2f} ms of the processor")
print(f"  beside {COUNT}: {many * 1000:.2f} ms; ratio {many / few:.2f} (limit 1.3)")
