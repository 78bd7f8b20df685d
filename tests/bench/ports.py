"""ports.py - a published port: how much goes through, and how many connections a second

    ports.py DRYDOCK

The server is the same Python program each time: in a container, with no forwarder between, and below
rootlesskit, whose forwarder rootless Docker's is.  One line a figure; nothing here passes or fails.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SECONDS = 3
SERVER = """
import os, socket, threading
def each(port, fn):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', port)); s.listen(2000)
    while True:
        c = s.accept()[0]
        try: fn(c)
        except OSError: pass
        c.close()
def swallow(c):
    room = bytearray(1 << 20)
    while c.recv_into(room): pass
def pour(c):
    while True: c.sendall(bytes(1 << 20))
def answer(c): c.sendall(c.recv(64))
for port, fn in ((7001, swallow), (7002, pour)):
    threading.Thread(target=each, args=(port, fn), daemon=True).start()
each(7003, answer)
"""


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 10)


def answers(port):
    try:
        with connect(port) as s:
            s.sendall(b"x")
            return s.recv(1) == b"x"
    except OSError:
        return False


def sent(port):
    data, n, start = bytes(1 << 20), 0, time.monotonic()
    with connect(port) as s:
        while time.monotonic() - start < SECONDS:
            s.sendall(data)
            n += len(data)
    return n * 8 / 1e9 / (time.monotonic() - start)


def received(port):
    room, n, start = bytearray(1 << 20), 0, time.monotonic()
    with connect(port) as s:
        while time.monotonic() - start < SECONDS:
            n += s.recv_into(room)
    return n * 8 / 1e9 / (time.monotonic() - start)


def rate(port):
    n, start = 0, time.monotonic()
    while time.monotonic() - start < SECONDS:
        n += answers(port)
    return n / (time.monotonic() - start)


def measure(base):
    end = time.monotonic() + 20
    while not answers(base + 3):
        if time.monotonic() > end:
            return None
        time.sleep(0.1)
    return [sent(base + 1), received(base + 2), rate(base + 3)]


def started(args):
    return subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, start_new_session=True)


def through(args, base):
    """The figures of the server that args start; it is reached at base + 1 to base + 3."""
    process = started(args)
    try:
        return measure(base)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def ours(drydock):
    ports = [x for i in (1, 2, 3) for x in ("-p", f"800{i}:700{i}")]
    return through([drydock, "docker", "run", "--rm", "--init", *ports, "python:3.9-slim", "python3", "-c", SERVER],
                   8000)


# It wants subordinate ids, of root as well, and /dev/net/tun: where they are not its figures are missing.
OF_ROOT = """printf 'root:100000:65536\\n' >"$1" && mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid
shift; exec "$@" """


def rootlesskit():
    ports = [x for i in (1, 2, 3) for x in ("-p", f"127.0.0.1:800{i}:700{i}/tcp")]
    with tempfile.NamedTemporaryFile() as ids:
        as_root = ["unshare", "-m", "sh", "-c", OF_ROOT, "sh", ids.name] if os.getuid() == 0 else []
        return through([*as_root, "rootlesskit", "--net=slirp4netns", "--disable-host-loopback",
                        "--port-driver=builtin", *ports, sys.executable, "-c", SERVER], 8000)


def main():
    drydock = sys.argv[1]
    rows = [("Drydock", ours(drydock)), ("no forwarder", through([sys.executable, "-c", SERVER], 7000))]
    if shutil.which("rootlesskit"):
        rows.append(("rootlesskit", rootlesskit()))
    else:
        print("rootlesskit is not installed (Debian package rootlesskit)")
    for i, what in enumerate(("Gbit/s in", "Gbit/s out", "connections a second")):
        print(f"published port, {what}: " +
              ", ".join(f"{who} {f[i]:.1f}" if f else f"{who} could not be measured" for who, f in rows))


main()
