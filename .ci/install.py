"""Install Counterfoil and its development tools into a virtual environment, and tell how far that is.

`python3 .ci/install.py .venv` is what make runs once. It takes a minute or more, in which pip on a terminal shows its
own progress; elsewhere a line tells every few seconds what pip is at. It runs before anything is installed, and under
a Python that may be too old, to say so.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

NEEDED = (3, 11)
EVERY_SECONDS = 5.0
_DOING = ("Collecting ", "Downloading ", "Building ", "Preparing ", "Installing ", "Using cached ", "Getting ")


def install(venv: Path) -> int:
    """The exit code: 0 where everything is installed."""
    if sys.version_info < NEEDED:
        tell(f"Counterfoil needs Python 3.11 or later, and {sys.executable} is {sys.version.split()[0]}.")
        tell("Name another: make demo PYTHON=python3.12")
        return 1
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    stages = (
        ("a virtual environment", [sys.executable, "-m", "venv", str(venv)]),
        ("pip", [*pip, "--upgrade", "pip>=25.1"]),
        ("the libraries and tools", [*pip, "--require-hashes", "--requirement", "requirements.lock"]),
        ("Counterfoil", [*pip, "--no-deps", "--editable", "."]),
    )
    tell(f"Installing Counterfoil and its tools into {venv}: once, for a minute or two.")
    run = shown if sys.stdout.isatty() else told
    for number, (what, command) in enumerate(stages, start=1):
        tell(f"  {number} of {len(stages)}: {what}")
        code = run(command)
        if code:
            tell(f"That failed: {' '.join(command)}")
            return code
    tell(f"Installed into {venv}.")
    return 0


def shown(command: list[str]) -> int:
    """Run the command on this terminal."""
    return subprocess.run(command, check=False).returncode


def told(command: list[str], every_seconds: float = EVERY_SECONDS) -> int:
    """Run the command and tell every few seconds what it is at; where it fails, all that it said."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    heard: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_hear, args=(process, heard), daemon=True).start()
    said: list[str] = []
    doing, begun = "", time.monotonic()
    next_at = begun + every_seconds
    while True:
        try:
            line = heard.get(timeout=max(0.0, next_at - time.monotonic()))
        except queue.Empty:
            tell(f"    {time.monotonic() - begun:.0f} s{doing and ': '}{doing}")
            next_at += every_seconds
            continue
        if line is None:
            break
        said.append(line)
        doing = doing_of(line) or doing
    code = process.wait()
    if code:
        tell("".join(said).rstrip())
    return code


def doing_of(line: str) -> str:
    """What pip is at, by one of its lines, and short; empty where the line does not say."""
    text = line.strip()
    if not text.startswith(_DOING):
        return ""
    if text.startswith("Installing collected packages:"):
        number = text.count(",") + 1
        return "Installing 1 package" if number == 1 else f"Installing {number} packages"
    return " ".join(text.split()[:2])


def tell(text: str) -> None:
    """A line that is seen at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _hear(process: subprocess.Popen[str], heard: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            heard.put(line)
    heard.put(None)


if __name__ == "__main__":
    sys.exit(install(Path(sys.argv[1])))
