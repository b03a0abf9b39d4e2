"""Memory, wake-ups and start of the service with ten entries.

The start is compared with that of `python3 -c 'import ssl, json'` in the same run, the memory with that of the same.
"""

import subprocess
import sys
import time

import bench

OBSERVED = int(sys.argv[1]) if len(sys.argv) > 1 else 60
STARTS = 15

with bench.Workspace() as workspace, bench.Sandbox(workspace, 10) as sandbox:
    config = bench.configuration(workspace, sandbox, {"every": "30d", "first": "now"})
    with bench.Service(workspace, config) as service:
        sandbox.admin("wait?rolls=10&timeout=60")
        # Connections are closed, and the threads of the burst are gone, some seconds after the last request.
        time.sleep(20)
        idle = subprocess.Popen([bench.BUILD / "idle-dispatch"])
        time.sleep(10)
        before, idle_before = bench.wakeups(service.process), bench.wakeups(idle)
        time.sleep(OBSERVED)
        woken = bench.wakeups(service.process) - before
        idle_woken = bench.wakeups(idle) - idle_before
        idle.terminate()
        idle.wait()
        resident, dirty = service.memory()
    starts, others = [], []
    for _ in range(STARTS):
        with bench.Service(workspace, config) as service:
            starts.append(service.ready)
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", "import ssl, json"], check=True)
        others.append(time.monotonic() - began)

print(f"resident after ten rolls, idle: {resident:.1f} MB (limit 20)")
print(f"private dirty: {dirty:.1f} MB (limit 8)")
print(f"wake-ups in {OBSERVED} s idle without a watchdog: {woken}")
print(f"  a program that does nothing on Dispatch beside it: {idle_woken}; difference {woken - idle_woken}")
start, other = bench.median(starts), bench.median(others)
print(f"exec to READY with ten entries, median of {STARTS}: {start * 1000:.0f} ms (limit 100)")
print(f"  python3 importing ssl and json beside it: {other * 1000:.0f} ms; ratio {start / other:.2f}")
