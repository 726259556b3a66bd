"""Runs the commands of docs/install.md, word by word and in their order, in a Debian of its own under its own systemd.

The machine has no network: packages come from a folder that is filled beforehand, and no publisher is ever asked. As root:

    apt-get install debootstrap systemd-container
    debootstrap --variant=minbase --include=systemd-sysv,dbus,libnss-systemd,python3,python3-venv,make bookworm /var/tmp/root
    .venv/bin/python tools/rehearse_install.py /var/tmp/root

The folder is left as the last command left it: uninstalled, and ready for another rehearsal.
"""

import os
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

SOURCE = Path(__file__).parent.parent
WHEELS = "var/cache/wheels"
BLOCKS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the page asks to be pasted.
PASTED = b"https://desk.example/hook\n"
PATIENCE_S = 60


def commands() -> str:
    """All commands of the page, as one script that ends where one fails, and shows each."""
    return "set -eux\n" + "\n".join(BLOCKS.findall((SOURCE / "docs/install.md").read_text(encoding="utf-8")))


def furnish(root: Path) -> None:
    """Puts the committed source into the root, and the packages that its lock names."""
    target = root / "usr/local/src/relation-monitor"
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=SOURCE, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tree:
        tree.extractall(target, filter="data")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "-r", "requirements/run.txt"]
    subprocess.run([*download, "--dest", str(root / WHEELS)], cwd=SOURCE, check=True)


@contextmanager
def booted(root: Path) -> Iterator[int]:
    """The process of the machine's own systemd, once it is up. The machine is off afterwards."""
    nspawn = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--boot"]
    with subprocess.Popen(
        [*nspawn, f"--directory={root}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as machine:
        try:
            yield _first_process(machine)
        finally:
            machine.terminate()  # systemd-nspawn takes it as the power switch


def _first_process(machine: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + PATIENCE_S
    children = Path(f"/proc/{machine.pid}/task/{machine.pid}/children")
    while machine.poll() is None and time.monotonic() < until:
        for child in children.read_text(encoding="ascii").split():
            state = inside(int(child), "systemctl is-system-running", stdout=subprocess.PIPE).stdout.strip()
            if state in (b"running", b"degraded"):
                return int(child)
        time.sleep(0.5)
    raise SystemExit("The machine did not come up.")


def inside(
    first: int, script: str, *, pasted: bytes = b"", stdout: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs a script in all namespaces of the machine whose first process is given."""
    enter = ["nsenter", f"--target={first}", "--all", "env", "-i"]
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    environment = [path, "HOME=/root", "LANG=C.UTF-8", "PIP_NO_INDEX=1", f"PIP_FIND_LINKS=/{WHEELS}"]
    return subprocess.run([*enter, *environment, "sh", "-c", script], input=pasted, stdout=stdout, check=False)


def main() -> int:
    """Prepares the root, boots it, and runs the page."""
    if os.geteuid() != 0 or len(sys.argv) != 2:  # noqa: PLR2004 - the program and one folder
        print(__doc__)
        return 2
    root = Path(sys.argv[1])
    furnish(root)
    with booted(root) as first:
        result = inside(first, commands(), pasted=PASTED)
        if result.returncode != 0:
            inside(first, "journalctl --no-pager -u relmon -n 50; systemctl --no-pager status relmon")
    print("Every command went well." if result.returncode == 0 else "The last command above went wrong.")
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
