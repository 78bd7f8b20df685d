#!/usr/bin/env python3
"""drive.py SCRIPT COMMAND...: runs COMMAND on a terminal of its own and types what SCRIPT says.

    type TEXT      TEXT and Enter
    key ^C         one key (^X, ESC) or TEXT without Enter
    see TEXT       waits until TEXT is on the screen, behind what was seen before
    prompt         waits for the shell's prompt
    never TEXT     TEXT has not been printed since the last `type`
    size R C       the window has R rows and C columns
    kill           kill -9
    end            waits until the command has ended; its exit status must be 0

Prints what the terminal showed, without escape codes; fails with the line that did not come true.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

TIMEOUT = 25
ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Za-z]|\x1b[=>78]|\r")
PROMPT = re.compile(r"\[[\w.-]+ \d+/\d+\] [^\n]* \$ $")


class Terminal:
    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], command)
        self.raw = b""
        self.seen = self.typed = 0
        self.ended = False
        self.size(40, 100)

    def text(self):
        return ESCAPES.sub(b"", self.raw).decode("utf-8", "replace")

    def size(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def more(self, until):
        left = until - time.monotonic()
        if left <= 0 or self.ended:
            return False
        if select.select([self.fd], [], [], left)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            self.ended = data == b""
            self.raw += data
        return True

    def wait(self, found):
        until = time.monotonic() + TIMEOUT
        while True:
            at = found(self.text())
            if at is not None:
                return at
            if not self.more(until):
                raise Exception("did not come true")

    def see(self, part):
        def found(text):
            at = text.find(part, self.seen)
            return None if at < 0 else at + len(part)
        self.seen = self.wait(found)

    def prompt(self):
        def found(text):
            return len(text) if PROMPT.search(text, self.seen) else None
        self.seen = self.wait(found)

    def type(self, data):
        os.write(self.fd, data)

    def end(self):
        until = time.monotonic() + TIMEOUT
        while self.more(until):
            pass
        pid, status = os.waitpid(self.pid, 0)
        if status != 0:
            raise Exception("ended with status %d" % status)

    def obey(self, word, rest):
        if word == "type":
            self.typed = self.seen
            self.type(rest.encode() + b"\r")
        elif word == "key":
            code = {"ESC": b"\x1b"}.get(rest)
            if code is None and len(rest) == 2 and rest[0] == "^":
                code = bytes([ord(rest[1].upper()) & 31])
            self.type(code or rest.encode())
        elif word == "see":
            self.see(rest)
        elif word == "prompt":
            self.prompt()
        elif word == "never":
            if rest in self.text()[self.typed:self.seen]:
                raise Exception("was printed")
        elif word == "size":
            self.size(*map(int, rest.split()))
        elif word == "kill":
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        elif word == "end":
            self.end()
        else:
            raise Exception("is no word of mine")


def main():
    terminal = Terminal(sys.argv[2:])
    failed = None
    with open(sys.argv[1]) as script:
        for number, line in enumerate(script, 1):
            word, _, rest = line.rstrip("\n").partition(" ")
            try:
                if word:
                    terminal.obey(word, rest)
            except Exception as error:
                failed = "%s:%d: '%s' %s" % (sys.argv[1], number, line.strip(), error)
                break
    print(terminal.text())
    if failed:
        os.kill(terminal.pid, signal.SIGKILL)
        sys.exit(failed)


main()
