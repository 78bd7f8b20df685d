#!/usr/bin/env python3
"""shell.py DRYDOCK LESSON WORKSPACE: how long until the shell's prompt, and for a check cycle; medians."""
import os
import pty
import re
import statistics
import sys
import time

ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|[\x01\x02]")
LINES = ["true"] * 4


def to_prompt(fd):
    begun, seen = time.monotonic(), b""
    while not re.search(rb"\] [^\n]* \$ $", ESCAPES.sub(b"", seen)):
        seen += os.read(fd, 65536)
    return (time.monotonic() - begun) * 1000


def once(drydock, lesson, workspace):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execv(drydock, [drydock, "learn", "--private", "--workspace", workspace, lesson])
    start = to_prompt(fd)
    cycles = []
    for line in LINES:
        os.write(fd, line.encode() + b"\r")
        cycles.append(to_prompt(fd))
    os.write(fd, b"quit\r")
    try:
        while os.read(fd, 65536):
            pass
    except OSError:
        pass
    os.waitpid(pid, 0)
    return start, cycles[1:]  # the first waits for the workstation


def main():
    os.makedirs(sys.argv[3], exist_ok=True)
    runs = [once(*sys.argv[1:4]) for _ in range(11)][1:]
    print("shell to its prompt: %.0f ms" % statistics.median(r[0] for r in runs))
    print("a check cycle: %.1f ms" % statistics.median(c for r in runs for c in r[1]))


main()
