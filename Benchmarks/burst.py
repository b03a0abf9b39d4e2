"""Bursts: N tokens due at once over TLS, the budget lifted. Beside them, in the same run against the same sandbox: the
official Python SDK in a loop, a script for bash with curl and install, and the limits: a client that does nothing but the
requests, side by side, and the least that the files of a roll need to be durable.

usage: burst.py [N] (1000); the SDK's interpreter is $TOKENROLL_SDK_PYTHON.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time

import bench

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
# bash starts programs for every token: a part of them tells its time. Python's own start is to count once in COUNT tokens.
SAMPLE = max(COUNT // 10, 10)
# Milliseconds that the sandbox takes for an answer: none, and what a network would take within a continent.
LATENCIES = (0, 20)
IN_FLIGHT = int(os.environ.get("IN_FLIGHT", "64"))
SDK = os.environ.get("TOKENROLL_SDK_PYTHON", ".build/sdk/bin/python3")

SDK_LOOP = """
import os, sys, cloudflare, httpx, ssl
client = cloudflare.Cloudflare(api_token=sys.stdin.readline().strip(), base_url=sys.argv[1], max_retries=0,
                               http_client=httpx.Client(verify=ssl.create_default_context(cafile=sys.argv[2])))
directory = os.open(sys.argv[4], os.O_RDONLY)
for token in sys.argv[6:]:
    secret = client.accounts.tokens.value.update(token_id=token, account_id=sys.argv[3])
    if sys.argv[5] == "plain":
        with open(sys.argv[4] + "/" + token, "w") as file:
            file.write(secret)
        continue
    with open(sys.argv[4] + "/new", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    os.rename(sys.argv[4] + "/new", sys.argv[4] + "/" + token)
    os.fsync(directory)
"""

SHELL_LOOP = r"""
set -eu
read -r credential
url=$1 ca=$2 account=$3 directory=$4
shift 5
for token; do
  printf 'header = "Authorization: Bearer %s"\n' "$credential" |
    curl --silent --fail --cacert "$ca" --config - --request PUT --json '{}' \
      "$url/accounts/$account/tokens/$token/value" |
    sed 's/.*"result":"\([^"]*\)".*/\1/' >"$directory/new"
  install -m 0600 "$directory/new" "$directory/$token"
done
"""


def loop(command, sandbox, directory, count, writing="plain"):
    """Milliseconds a token."""
    directory.mkdir()
    began = time.monotonic()
    subprocess.run(
        [*command, sandbox.url, str(sandbox.ca), sandbox.account, str(directory), writing, *sandbox.tokens[:count]],
        input=sandbox.credential + "\n", text=True, check=True)
    return (time.monotonic() - began) / count * 1000


def loops(sandbox, directory):
    """Milliseconds a token of each loop."""
    directory.mkdir()
    times = {}
    if shutil.which(SDK) and subprocess.run([SDK, "-c", "import cloudflare"], capture_output=True).returncode == 0:
        times["SDK"] = loop([SDK, "-c", SDK_LOOP], sandbox, directory / "sdk", COUNT)
        times["SDK, durable"] = loop([SDK, "-c", SDK_LOOP], sandbox, directory / "sdk-durable", COUNT, "durable")
    times["bash"] = loop(["bash", "-c", SHELL_LOOP, "bash"], sandbox, directory / "bash", SAMPLE)
    return times


class Burst:
    """Measures from now, or from the service's READY=1, until every token has been rolled and its new secret is in its file."""

    def __init__(self, workspace, sandbox, state):
        self.workspace, self.sandbox, self.escrow = workspace, sandbox, state / "escrow"
        self.rolls, self.requests, self.files = self.count("rolls"), self.count("requests"), self.published()

    def count(self, what):
        if what == "rolls":
            return self.sandbox.admin("wait?rolls=0")["count"]
        return self.sandbox.admin("requests?last=1")["received"]

    def published(self):
        with os.scandir(self.workspace.path / "published") as items:
            # ext4 gives the number of a file that was replaced to another one.
            return {(item.inode(), item.stat().st_mtime_ns) for item in items if not item.name.startswith(".")}

    def end(self, process):
        """Milliseconds, milliseconds of the processor of the service and of the sandbox, and requests, a token."""
        processes = (process, self.sandbox.process)
        began, spent = time.monotonic(), [cpu_time(one) for one in processes]
        self.sandbox.admin(f"wait?rolls={self.rolls + COUNT}&timeout=600")
        while True:
            files = self.published()
            if len(files) == COUNT and not files & self.files:
                break
            time.sleep(0.005)
        elapsed = time.monotonic() - began
        # What comes after the publication is no part of the burst, and not to disturb the next.
        while any(os.scandir(self.escrow)):
            time.sleep(0.005)
        time.sleep(0.1)
        spent = [cpu_time(one) - before for one, before in zip(processes, spent)]
        requests = self.count("requests") - self.requests
        return [elapsed / COUNT * 1000, *(seconds / COUNT * 1000 for seconds in spent), requests / COUNT]


def cpu_time(process):
    """Seconds of the processor that the process has used."""
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def roll_all(state):
    """Has the running service roll every entry, as `tokenroll roll --all` does, and follows nothing of it."""
    control = socket.socket(socket.AF_UNIX)
    control.connect(str(state / "control"))
    control.sendall(json.dumps({"method": "org.tokenroll.Control.Roll", "parameters": {"all": True}}).encode() + b"\0")
    answer = b""
    while not answer.endswith(b"\0"):
        part = control.recv(1 << 20)
        assert part, "the service hung up"
        answer += part
    assert len(json.loads(answer[:-1])["parameters"]["accepted"]) == COUNT, answer
    control.close()


def bursts(workspace, sandbox, state):
    """What each kind of burst took, of a service that begins with an empty state directory and without published files."""
    for file in os.scandir(workspace.path / "published"):
        os.unlink(file.path)
    path = bench.configuration(
        workspace, sandbox, {"every": "30d", "first": "now"},
        {"rate_limit": {"requests": 1000000, "per": "1s"}, "max_in_flight": IN_FLIGHT}, state=state)
    burst = Burst(workspace, sandbox, state)
    with bench.Service(workspace, path) as service:
        yield "first roll: looked up, rolled, verified", burst.end(service.process)
        burst = Burst(workspace, sandbox, state)
        roll_all(state)
        yield "later roll: rolled, verified", burst.end(service.process)
    config = json.loads(path.read_text())
    config["defaults"]["verify"] = {"after_roll": False}
    path.write_text(json.dumps(config))
    with bench.Service(workspace, path) as service:
        burst = Burst(workspace, sandbox, state)
        roll_all(state)
        yield "later roll, not verified: one request, as the loops make", burst.end(service.process)


def requests_alone(sandbox, connections):
    """Milliseconds a token of curl, which drops what it gets."""
    transfers = (
        f'header = "Authorization: Bearer {sandbox.credential}"\ncacert = "{sandbox.ca}"\noutput = /dev/null\nrequest = PUT\n'
        f'json = "{{}}"\nurl = "{sandbox.url}/accounts/{sandbox.account}/tokens/{token}/value"\n' for token in sandbox.tokens)
    began = time.monotonic()
    subprocess.run(
        ["curl", "--no-progress-meter", "--parallel", "--parallel-max", str(connections), "--config", "-"],
        input="next\n".join(transfers), text=True, check=True)
    return (time.monotonic() - began) / COUNT * 1000


LOOPS = {
    "SDK": f"official Python SDK in a loop over {COUNT} tokens, plain write",
    "SDK, durable": "the same with a durable write (fsync, rename, fsync of the directory)",
    "bash": f"bash, curl and install in a loop over {SAMPLE} tokens",
}

with bench.Workspace() as workspace, bench.Sandbox(workspace, COUNT) as sandbox:
    for latency in LATENCIES:
        if latency:
            sandbox.admin("faults", {"kind": "delay", "count": "forever", "delay_after_ms": latency})
        cases = list(bursts(workspace, sandbox, workspace.path / f"state-{latency}"))
        beside = loops(sandbox, workspace.path / f"loops-{latency}")
        print(f"== the API answers after {latency} ms" if latency else "== the API answers at once")
        print(f"tokenroll, {COUNT} tokens at once, until every new secret is in its file, for each token:")
        for name, (elapsed, ours, theirs, requests) in cases:
            print(f"  {elapsed:5.2f} ms, {requests:.0f} requests, processor {ours:.2f} ms and the sandbox's {theirs:.2f} ms: {name}")
            print("      ratios: " + ", ".join(f"{other} {spent / elapsed:.1f}" for other, spent in beside.items()))
        print("beside it, one token after another, one request each:")
        for name, words in LOOPS.items():
            if name in beside:
                print(f"  {beside[name]:5.2f} ms: {words}")
            else:
                print(f"  skipped, there is no SDK: {words}")
        alone = {connections: requests_alone(sandbox, connections) for connections in (8, IN_FLIGHT)}
        print("the requests alone, by curl: "
              + ", ".join(f"{spent:.2f} ms with {connections} side by side" for connections, spent in alone.items()))
    bare = workspace.path / "bare"
    bare.mkdir()
    least = [float(subprocess.run(
        [bench.BUILD / "durability-benchmark", bare, str(COUNT), str(threads)],
        check=True, capture_output=True, text=True).stdout) for threads in (1, 8)]
    print("== the disk")
    print(f"escrow, destination and erasing alone, with nothing but the calls that make them durable: {least[0]:.2f} ms one token after "
          f"another, {least[1]:.2f} ms with eight side by side")
