#!/usr/bin/env python3
"""Makes the pictures of the README: what the programs print in a pseudo terminal, drawn as SVG.

Usage: docs/pictures/make.py [BUILD]     makes them with the programs in BUILD, .build/debug unless given
       docs/pictures/make.py --check     judges the pictures and the README's references; makes nothing

Needs nothing but Python's standard library, and for the demonstration what deploy/demo.sh needs.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import secrets
import shutil
import struct
import subprocess
import sys
import termios
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/pictures"
NAMES = ("demo", "status")
SIZE_LIMIT = 40 * 1024
COLUMNS = 100
# The SGR code of what is not the programs' own words.
FAINT = 2


def fail(reason):
    sys.exit(f"pictures: {reason}")


# The terminal

ESCAPES = r"\x1b\[[0-9;]*[A-Za-z]"


def run_in_terminal(command, statuses=(0,), **environment):
    """What the command prints in a terminal of COLUMNS columns; fails unless it ends with one of the statuses."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    inherited = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    # Nothing of the user's: no home directory, no language, no directory for temporary files.
    settings = {**inherited, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TMPDIR": "/tmp", "HOME": "/", **environment}
    process = subprocess.Popen(
        [str(word) for word in command], cwd=ROOT, env=settings,
        stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, start_new_session=True,
    )
    os.close(slave)
    output = bytearray()
    # Reading fails with EIO once the last program at the other end is gone.
    with contextlib.suppress(OSError):
        while chunk := os.read(master, 65536):
            output += chunk
    os.close(master)
    text = output.decode()
    # All of it, also what is left out of the picture. A change of colour cannot divide what is looked for.
    refuse_secrets(re.sub(ESCAPES, "", text), f"the output of {pathlib.Path(command[0]).name}")
    if process.wait() not in statuses:
        fail(f"{' '.join(map(str, command))} ended with status {process.returncode}:\n{text}")
    return text


def parse(text):
    """The lines of the text, each a list of pairs: a character, and the set of SGR codes in force for it."""
    lines, style = [[]], frozenset()
    for part in re.split(rf"({ESCAPES}|\r|\n)", text):
        if part == "\n":
            lines.append([])
        elif part.startswith("\x1b["):
            if not part.endswith("m"):
                fail(f"the terminal is asked for something that cannot be drawn: {part!r}")
            for code in (int(word or 0) for word in part[2:-1].split(";")):
                style = frozenset() if code == 0 else style | {code}
        elif part != "\r":
            lines[-1] += [(character, style) for character in part]
    return lines[:-1] if not lines[-1] else lines


def words(text, *style):
    """A line in one style."""
    return [(character, frozenset(style)) for character in text]


def plain(line):
    return "".join(character for character, _ in line)


def trim(line, keeping_end):
    """The line, with an ellipsis for what is too much for the terminal, at its end or before its last words."""
    if len(line) <= COLUMNS:
        return line
    tail = []
    if keeping_end:
        text = plain(line)
        # Of "(roll 1c2d, took 9 ms)" and "(status 401)" the last part.
        separator = max(text.rfind(", ", len(text) - 20) + 1, text.rfind(" (", len(text) - 20))
        tail = line[separator:] if separator > 0 else []
    room = COLUMNS - len(tail) - 2
    space = plain(line[: room + 1]).rfind(" ")
    return line[: space if space > room - 20 else room] + words(" …", FAINT) + tail


def prompt(command):
    return words("$ ", 32) + words(command, 1)


# The drawing

COLOURS = {
    30: "#484f58", 31: "#ff7b72", 32: "#3fb950", 33: "#d29922", 34: "#58a6ff", 35: "#bc8cff", 36: "#39c5cf", 37: "#e6edf3",
}
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
CELL, LEADING, FONT_SIZE, MARGIN, BAR = 8.4, 19, 14, 16, 30


def attributes(style):
    """SVG's attributes for a set of SGR codes."""
    found = ""
    for code in sorted(style):
        if code == 1:
            found += ' font-weight="bold"'
        elif code == FAINT:
            found += ' fill="#8b949e"'
        elif code in COLOURS:
            found += f' fill="{COLOURS[code]}"'
        else:
            fail(f"there is no drawing for the SGR code {code}")
    return found


def runs(line):
    """The line in pieces of one style without wide gaps: column, text, style."""
    start = 0
    while start < len(line):
        end = start
        while end < len(line) and line[end][1] == line[start][1]:
            end += 1
        for piece in re.finditer(r"\S+(?: \S+)*", plain(line[start:end])):
            yield start + piece.start(), piece.group(), line[start][1]
        start = end


def draw(title, description, lines):
    """An SVG of a terminal that shows the lines. Each piece is put in its column and has its width set, so that the
    columns stand under one another in whatever font there is."""
    width = round(COLUMNS * CELL + 2 * MARGIN)
    height = BAR + len(lines) * LEADING + 2 * MARGIN
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(description)}</desc>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>',
        f'<path d="M0 {BAR}V8a8 8 0 0 1 8-8H{width - 8}a8 8 0 0 1 8 8V{BAR}z" fill="#21262d"/>',
    ]
    for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        drawn.append(f'<circle cx="{20 + 18 * place}" cy="{BAR // 2}" r="5.5" fill="{colour}"/>')
    drawn.append(f'<g font-family="{FONTS}" font-size="{FONT_SIZE}" fill="#c9d1d9">')
    for row, line in enumerate(lines):
        y = BAR + MARGIN + row * LEADING + 14
        for column, text, style in runs(line):
            x, length = MARGIN + column * CELL, len(text) * CELL
            drawn.append(
                f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"{attributes(style)}>'
                f"{escape(text)}</text>"
            )
    drawn += ["</g>", "</svg>", ""]
    return "\n".join(drawn)


# The scenes


def demo(build):
    """`make demo`, without the text of its configuration, and of what is long the beginning alone."""
    shown = [prompt("make demo")]
    sections = re.split(r"(?m)^(?=\x1b\[1m== )", run_in_terminal(["deploy/demo.sh", build]).replace("\r", ""))
    if len(sections) < 2:
        fail("the demonstration has no headings any more")
    for section in sections[1:]:
        lines = parse(section.rstrip("\n"))
        heading, body = lines[0], lines[1:]
        if "configuration" in plain(heading):
            body = body[[plain(line) for line in body].index("}") + 1:]
        limit = 8 if "The service runs" in plain(heading) else 5
        if len(body) > limit:
            body = body[: limit - 1] + [words(f"⋮ {len(body) - limit + 1} more lines", FAINT)]
        shown += [[], heading] + body
    return draw("make demo", "A demonstration of tokenroll: three tokens of a sandbox API are rolled and published.",
                [trim(line, keeping_end=True) for line in shown])


@contextlib.contextmanager
def running(command, **options):
    """A program that runs meanwhile."""
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def short_directory():
    """A directory for a while, with a path that leaves room beside it in a table."""
    while True:
        path = pathlib.Path(f"/tmp/{secrets.token_hex(2)}")
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            break
    try:
        yield path
    finally:
        shutil.rmtree(path)


def status(build):
    """`tokenroll status` of a service that has rolled three of its four tokens, and may not roll the other one."""
    with short_directory() as work, contextlib.ExitStack() as stack:
        (work / "sandbox").mkdir()
        sandbox = stack.enter_context(running(
            [build / "tokenroll-sandbox", "--listen", "127.0.0.1:0", "--demo", work / "sandbox", "--tokens", "4"],
            stdout=subprocess.PIPE, text=True))
        url = sandbox.stdout.readline().strip().removeprefix("listening on ")
        fixture = work / "sandbox/fixture.json"
        account = json.loads(fixture.read_text())["accounts"][0]
        tokens = [token["id"] for token in account["tokens"] if token["name"] != "credential"]
        fault = {"kind": "refuse", "status": 403, "code": 9109, "message": "Unauthorized", "call": ["roll"],
                 "token": tokens[2], "count": "forever"}
        local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        local.open(url.replace("/client/v4", "/admin/faults"), json.dumps(fault).encode()).close()

        entries = [("dns", "30d"), ("edge", "7d"), ("mail", "30d"), ("r2", "90d")]
        (work / "config.json").write_text(json.dumps({
            "api": {"base_url": url},
            "credentials": {"sandbox": {"file": str(work / "sandbox/credential")}},
            "defaults": {"account_id": account["id"], "credential": "sandbox"},
            "tokens": [
                {"name": name, "token_id": token, "schedule": {"every": every, "first": "now"},
                 "publish": [{"file": str(work / name)}]}
                for (name, every), token in zip(entries, tokens)
            ],
            "state_directory": str(work / "state"),
        }))
        # The commands look for the socket there, as they do beside the unit.
        control = {"RUNTIME_DIRECTORY": str(work)}
        tokenroll = build / "tokenroll"
        log = stack.enter_context(open(work / "log", "wb"))
        stack.enter_context(running([tokenroll, "run", "--config", work / "config.json"], stdout=log, stderr=log,
                                    env={**os.environ, **control}))

        def is_ready():
            answer = subprocess.run([tokenroll, "status", "--json"], env={**os.environ, **control}, capture_output=True)
            found = json.loads(answer.stdout)["entries"] if answer.returncode in (0, 1) else []
            return found and all(entry.get("last_success") or entry["failures"] for entry in found)

        deadline = time.monotonic() + 30
        while not is_ready():
            if time.monotonic() > deadline:
                fail(f"the service has not come so far in time:\n{(work / 'log').read_text()}")
            time.sleep(0.2)
        # The rolls are to be some seconds ago in the picture.
        time.sleep(3)
        run_in_terminal([tokenroll, "pause", "r2", "--reason", "change freeze"], **control)
        whole = parse(run_in_terminal([tokenroll, "status"], (1,), **control))
        one = parse(run_in_terminal([tokenroll, "status", "mail"], (1,), **control))
        now = json.loads(fixture.read_text())["accounts"][0]
        known = [token["secret"] for token in account["tokens"] + now["tokens"]]
    lines = [prompt("tokenroll status")] + whole + [[], prompt("tokenroll status mail")] + one
    refuse_secrets("\n".join(map(plain, lines)), "the status", known)
    return draw("tokenroll status", "The status of a service with four entries, one in trouble and one paused.",
                [trim(line, keeping_end=False) for line in lines])


# The judgement


def refuse_secrets(text, where, known=()):
    """Fails where the text has something that is for nobody's eyes, one of the known secrets for instance."""
    if any(secret in text for secret in known):
        fail(f"{where} has a secret of the sandbox")
    homes = {"/home/", "/root", os.path.expanduser("~")} - {"", "/", "/tmp", "~"}
    for wrong, pattern in [
        ("a secret", r"cfat_|cfut_"),
        ("a word that has the form of a secret", r"(?<![\w-])[\w-]{40,80}(?![\w-])"),
        ("a credential", r"(?i)\bbearer\b|\bauthorization\b|PRIVATE KEY"),
        ("a home directory", "|".join(map(re.escape, sorted(homes)))),
    ]:
        if found := re.search(pattern, text):
            # What was found is not said, for this goes into logs.
            fail(f"{where} has {wrong} at character {found.start()}")


def check_picture(text, where):
    """Fails unless the text is a picture as it should be."""
    if (size := len(text.encode())) > SIZE_LIMIT:
        fail(f"{where} has {size} bytes, more than {SIZE_LIMIT}")
    try:
        picture = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        fail(f"{where} is not well-formed: {error}")
    refuse_secrets(text, where)
    refuse_secrets(" ".join(picture.itertext()), where)
    allowed = {"svg", "title", "desc", "rect", "path", "circle", "g", "text"}
    for element in picture.iter():
        name = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        if name not in allowed or any("href" in key or key.startswith("on") or "url(" in value
                                      for key, value in element.items()):
            fail(f"{where} has a <{name}> that is no part of a plain drawing")


def check():
    """Fails unless the pictures are as they should be, and the README shows them and refers to files that exist."""
    for name in NAMES:
        path = PICTURES / f"{name}.svg"
        if not path.is_file():
            fail(f"there is no {path.relative_to(ROOT)}; make pictures makes it")
        check_picture(path.read_text(), path.relative_to(ROOT))
    readme = (ROOT / "README.md").read_text()
    references = re.findall(r"\]\(([^)#\s]+)", readme)
    for reference in references:
        if not re.match(r"[a-z]+:", reference) and not (ROOT / reference).exists():
            fail(f"README.md refers to {reference}, which does not exist")
    for name in NAMES:
        if not re.search(rf"!\[[^]]+\]\(docs/pictures/{name}\.svg\)", readme):
            fail(f"README.md does not show docs/pictures/{name}.svg with a text in its place")


def main(arguments):
    if arguments == ["--check"]:
        return check()
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    build = pathlib.Path(arguments[0] if arguments else ROOT / ".build/debug").resolve()
    for program in ("tokenroll", "tokenroll-sandbox"):
        if not os.access(build / program, os.X_OK):
            fail(f"there is no {build / program}; make pictures builds it")
    pictures = {"demo": demo(build), "status": status(build)}
    for name, text in pictures.items():
        check_picture(text, f"the picture {name}")
    for name, text in pictures.items():
        (PICTURES / f"{name}.svg").write_text(text)


main(sys.argv[1:])
