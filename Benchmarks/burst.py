"""A burst: N tokens due at once over TLS, the budget lifted. Beside it, in the same run against the same sandbox: the
official Python SDK in a loop, a shell script with curl and install, and the bare durable writes that a roll needs.

usage: burst.py [N] (1000); the SDK's interpreter is $TOKENROLL_SDK_PYTHON.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

import bench

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
# The two loops are slow: a part of the tokens tells the time for each.
SAMPLE = max(COUNT // 10, 10)
SDK = os.environ.get("TOKENROLL_SDK_PYTHON", ".build/sdk/bin/python3")

SDK_LOOP = """
import os, sys, cloudflare, httpx, ssl
client = cloudflare.Cloudflare(api_token=sys.stdin.readline().strip(), base_url=sys.argv[1], max_retries=0,
                               http_client=httpx.Client(verify=ssl.create_default_context(cafile=sys.argv[2])))
for token in sys.argv[5:]:
    secret = client.accounts.tokens.value.update(token_id=token, account_id=sys.argv[3])
    with open(sys.argv[4] + "/" + token, "w") as file:
        file.write(secret)
"""

SHELL_LOOP = r"""
set -eu
read -r credential
url=$1 ca=$2 account=$3 directory=$4
shift 4
for token; do
  printf 'header = "Authorization: Bearer %s"\n' "$credential" |
    curl --silent --fail --cacert "$ca" --config - --request PUT --json '{}' \
      "$url/accounts/$account/tokens/$token/value" |
    sed 's/.*"result":"\([^"]*\)".*/\1/' >"$directory/new"
  install -m 0600 "$directory/new" "$directory/$token"
done
"""


def loop(command, sandbox, directory):
    directory.mkdir()
    began = time.monotonic()
    subprocess.run(
        [*command, sandbox.url, str(sandbox.ca), sandbox.account, str(directory), *sandbox.tokens[:SAMPLE]],
        input=sandbox.credential + "\n", text=True, check=True)
    return (time.monotonic() - began) / SAMPLE


def durable_writes(directory, rounds):
    """The bare cost of one durable file: write, fsync, rename, fsync of the directory."""
    directory.mkdir()
    names = os.open(directory, os.O_RDONLY)
    began = time.monotonic()
    for _ in range(rounds):
        file = os.open(directory / "new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(file, b"s" * 53)
        os.fsync(file)
        os.close(file)
        os.rename(directory / "new", directory / "old")
        os.fsync(names)
    os.close(names)
    return (time.monotonic() - began) / rounds


with bench.Workspace() as workspace, bench.Sandbox(workspace, COUNT) as sandbox:
    config = bench.configuration(
        workspace, sandbox, {"every": "30d", "first": "now"},
        {"rate_limit": {"requests": 1000000, "per": "1s"}, "max_in_flight": int(os.environ.get("IN_FLIGHT", "64"))})
    with bench.Service(workspace, config) as service:
        began = time.monotonic()
        sandbox.admin(f"wait?rolls={COUNT}&timeout=600")
        published = workspace.path / "published"
        while sum(1 for name in os.listdir(published) if not name.startswith(".")) < COUNT:
            time.sleep(0.005)
        ours = (time.monotonic() - began) / COUNT
    write = durable_writes(workspace.path / "bare", 100)
    shell = loop(["sh", "-c", SHELL_LOOP, "sh"], sandbox, workspace.path / "shell")
    sdk = None
    if shutil.which(SDK) and subprocess.run([SDK, "-c", "import cloudflare"], capture_output=True).returncode == 0:
        sdk = loop([SDK, "-c", SDK_LOOP], sandbox, workspace.path / "sdk")

print(f"tokenroll, {COUNT} tokens due at once, until every file is there: {ours * 1000:.2f} ms a token")
if sdk:
    print(f"official Python SDK in a loop, {SAMPLE} tokens, plain write: {sdk * 1000:.2f} ms; ratio {sdk / ours:.1f}")
else:
    print("official Python SDK: skipped, there is none")
print(f"sh, curl and install, {SAMPLE} tokens: {shell * 1000:.2f} ms; ratio {shell / ours:.1f}")
print(f"one bare durable write: {write * 1000:.2f} ms")
