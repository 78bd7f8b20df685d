"""shim.py SOCKET: everything that is no docker shim, on the socket of one.

Garbage, half a hello, one that is too long, counts that lie, descriptors that are none or too many, frames without
end, and ten thousand connections of which five hundred stay.  Says "done" when all of it has been tried.
"""
import array
import os
import resource
import socket
import struct
import sys

VERSION = 0x44440001


def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(8)
    s.connect(sys.argv[1])
    return s


def hello(argc, envc, strings, given=0, version=VERSION, terminals=0):
    return struct.pack("IIIHHBBxx", version, argc, envc, 80, 24, terminals, given) + strings


def say(data, fds=(), then=b""):
    try:
        with connect() as s:
            s.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])
            if then:
                for i in range(300):
                    s.send(then)
    except OSError:
        pass


root = os.open("/", os.O_RDONLY)
for data in (b"\0", os.urandom(15), os.urandom(16), os.urandom(1000), os.urandom(100000), b"GET / HTTP/1.0\r\n\r\n"):
    say(data)
    say(data, [root] * 2)
    say(data, [root] * 5)
    say(data, [root] * 200)
for data in (
    hello(1, 0, b"/\0ps\0")[:7],
    hello(1, 0, b"/\0ps"),
    hello(1, 0, b"ps\0"),
    hello(0xFFFFFFFF, 0xFFFFFFFF, b"/\0ps\0"),
    hello(0, 0, b"/\0"),
    hello(0, 0, b""),
    hello(1, 0, b"/\0ps\0", given=7),
    hello(1, 0, b"/\0ps\0", given=255, terminals=255),
    hello(1, 0, b"/\0ps\0", version=1),
    hello(1, 0, b"/" + b"a" * 5000 + b"\0ps\0"),
    hello(1, 1, b"/\0ps\0" + b"X" * 100000 + b"\0"),
    hello(2, 0, b"/\0version\0" + b"\xff" * 3000 + b"\0"),
):
    for fds in ((), [root], [root] * 2, [root] * 3, [root] * 5):
        say(data, fds)
say(hello(1, 0, b"/\0ps\0"), [root] * 2, os.urandom(4000))
say(hello(1, 0, b"/\0ps\0", terminals=7), [root] * 2, b"i" + b"\3\x1a\x11" * 1000)
say(hello(1, 0, b"/\0ps\0", terminals=7), [root] * 2, b"z\xff\xff\xff\xff")
say(hello(1, 0, b"/\0ps\0", terminals=7), [root] * 2, b"s" + struct.pack("i", 9))
try:
    with connect() as s:
        s.sendmsg([b"x" * 300000])
except OSError:
    pass

resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = []
made = 0
for i in range(10000):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.setblocking(False)
    try:
        s.connect(sys.argv[1])
        made += 1
        if len(held) < 500:
            held.append(s)
        else:
            s.close()
    except OSError:
        s.close()
print("done", flush=True)
