"""What the benchmarks share: a sandbox, a configuration, a service that says READY=1 on a socket."""

import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.request

BUILD = pathlib.Path(os.environ.get("BUILD", ".build/release")).resolve()


class Workspace:
    """A directory of its own on the disk that is measured ($BENCH_DIR, else /var/tmp)."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="tokenroll-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
        (self.path / "published").mkdir(mode=0o750)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Sandbox:
    """tokenroll-sandbox over TLS with `count` tokens in one account."""

    def __init__(self, workspace, count):
        self.directory = workspace.path / "sandbox"
        # Made once, then kept in memory: a sandbox that writes its state with each roll would be what is measured.
        self.start("--tokens", str(count), "--demo", self.directory)
        self.stop()
        self.ca = self.directory / "ca.pem"
        self.url = self.start("--fixture", self.directory / "fixture.json", "--ca-file", self.ca)
        account = json.loads((self.directory / "fixture.json").read_text())["accounts"][0]
        self.account = account["id"]
        self.tokens = [token["id"] for token in account["tokens"] if token["name"] != "credential"]
        self.credential = (self.directory / "credential").read_text().strip()

    def admin(self, path, body=None):
        context = ssl.create_default_context(cafile=str(self.ca))
        url = self.url.removesuffix("/client/v4") + "/admin/" + path
        with urllib.request.urlopen(url, json.dumps(body).encode() if body else None, context=context) as answer:
            return json.load(answer)

    def start(self, *options):
        self.process = subprocess.Popen(
            [BUILD / "tokenroll-sandbox", "--listen", "127.0.0.1:0", "--tls", *options],
            stdout=subprocess.PIPE, text=True)
        return self.process.stdout.readline().split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def configuration(workspace, sandbox, schedule, api=None, tokens=None, state=None):
    """Writes a configuration for the sandbox's tokens and returns its path."""
    path = workspace.path / "config.json"
    path.write_text(json.dumps({
        "api": {"base_url": sandbox.url, "ca_file": str(sandbox.ca), "settle_time": "1s", **(api or {})},
        "credentials": {"bench": {"file": str(sandbox.directory / "credential")}},
        "defaults": {"account_id": sandbox.account, "credential": "bench", "schedule": schedule},
        "tokens": [
            {"name": f"entry-{number}", "token_id": token,
             "publish": [{"file": str(workspace.path / "published" / str(number))}]}
            for number, token in enumerate(tokens if tokens is not None else sandbox.tokens)],
        "state_directory": str(state or workspace.path / "state"),
    }))
    return path


class Service:
    """`tokenroll run`; `ready` is the time from exec to READY=1 in seconds."""

    def __init__(self, workspace, config, environment=None):
        address = str(workspace.path / f"notify-{time.monotonic_ns()}")
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(address)
        self.readies = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.log = open(workspace.path / "log", "wb")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [BUILD / "tokenroll", "run", "--config", config], stderr=self.log,
            env={"PATH": "/usr/bin", "NOTIFY_SOCKET": address, **(environment or {})})
        self.ready = self.readies.get(timeout=300) - began

    def listen(self):
        """Reads on, as systemd does: a service that is not heard says so at each change of its status."""
        while message := self.notify.recv(65536):
            if b"READY=1" in message:
                self.readies.put(time.monotonic())

    def reload(self):
        """The time from SIGHUP to READY=1."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGHUP)
        return self.readies.get(timeout=300) - began

    def memory(self):
        """Resident and private dirty memory in MB (proc(5), smaps_rollup)."""
        values = {}
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, rest = line.split(":")
            values[name] = int(rest.split()[0]) / 1024
        return values["Rss"], values["Private_Dirty"]

    def stop(self):
        self.process.terminate()
        code = self.process.wait()
        self.log.close()
        self.notify.shutdown(socket.SHUT_RDWR)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def wakeups(process):
    """Voluntary context switches of all threads of `process` so far."""
    total = 0
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
