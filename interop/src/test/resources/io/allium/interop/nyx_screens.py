"""Looks at each of nyx's screens in a terminal of its own: CONTROL_PORT SOCKS_PORT WEB_PORT RELAY [OWN | CONTROL_SOCKET]

Each step prints its name and what the screen shows, so that two nodes can be compared. RELAY is the nickname of one to ask about,
OWN that of the node, if it is a relay. Some of what is fetched through the SOCKS port from the web passes the node. Where there is
a socket, which is an absolute path, nyx comes by it.
What was on the screen where a step fails is on the error stream. Then nyx is started again, twice at the most: its threads draw at
the same time, which curses does not allow, and now and then what they write is mixed up.
"""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import sys
import tempfile
import termios
import time

import pyte
from stem import Signal
from stem.control import Controller

CONTROL, SOCKS, WEB = (int(port) for port in sys.argv[1:4])
RELAY = sys.argv[4]
FURTHER = sys.argv[5] if len(sys.argv) > 5 else None
BY = ["-s", FURTHER] if FURTHER and FURTHER.startswith("/") else ["-i", "127.0.0.1:%d" % CONTROL]
OWN = FURTHER if FURTHER and not FURTHER.startswith("/") else None
PATIENCE = 60
STARTS = 3
ATTEMPTS = 100  # of which a third or so pass a given relay of ten
WIDTH, HEIGHT = 150, 200  # so high that nothing needs scrolling
RIGHT, DOWN, UP, END, ENTER, ESCAPE = b"\x1bOC", b"\x1bOB", b"\x1bOA", b"\x1bOF", b"\r", b"\x1b"


class Terminal:
    """What nyx draws."""

    def __init__(self, home):
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", HOME=home, LANG="C.UTF-8")
            os.execv("/usr/bin/nyx", ["nyx"] + BY)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def draw(self):
        """Takes what has come, or waits for it a little; false once nyx has ended."""
        if select.select([self.fd], [], [], 0.1)[0]:
            try:
                self.stream.feed(os.read(self.fd, 65536))
            except OSError:
                return False
        return True

    def lines(self):
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def find(self, pattern):
        return [found for line in self.lines() for found in re.findall(pattern, line)]

    def awaits(self, happens):
        deadline = time.monotonic() + PATIENCE
        while not happens():
            if not self.draw():
                raise EOFError("nyx has ended")
            if time.monotonic() > deadline:
                raise TimeoutError("it does not show")

    def shows(self, pattern):
        self.awaits(lambda: self.find(pattern))
        return self.find(pattern)[0]

    def end(self):
        """Whatever it is doing: no other terminal should see its connections."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def settle(self):
        """Lets what was drawn in answer to what happened come: nyx draws its figures each second."""
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            self.draw()

    def press(self, keys):
        os.write(self.fd, keys)

    def turn(self, page):
        self.press(RIGHT)
        self.shows("page %d / 5" % page)

    def bars(self):
        """How many cells of the graphs are filled."""
        lines = self.screen.display
        top = next((y for y in range(HEIGHT) if lines[y].startswith("Download ")), HEIGHT)
        bottom = next((y for y in range(top, HEIGHT) if lines[y].startswith("0 B")), top)
        cells = [self.screen.buffer[y][x] for y in range(top + 1, bottom + 1) for x in range(WIDTH)]
        return sum(1 for cell in cells if cell.data == " " and (cell.reverse or cell.bg != "default"))


terminal = None
STEPS = []


def step(function):
    STEPS.append(function)
    return function


@step
def header():
    what = "%s - 127.0.0.1:[0-9]+" % OWN if OWN else "Relaying Disabled"
    if OWN:
        terminal.shows("fingerprint: [0-9A-F]{40}")
        terminal.shows("flags: .*Running")
    return (
        terminal.shows(r"Tor (\S+)"),
        terminal.shows(what + ", Control Port \\(cookie\\): (%d)" % CONTROL) == str(CONTROL),
        terminal.shows(r"pid: (\d+)") != "",
    )


@step
def graph():
    """What goes through the node shows as a total that grows, and as bars."""
    def totals():
        return terminal.find(r"total: ([0-9.]+ \w+)\)")

    terminal.awaits(lambda: len(totals()) == 2)
    before = totals()[0]
    attempts = 0
    while not terminal.find("total: ") or totals()[0] == before:
        attempts += 1
        if attempts > ATTEMPTS:
            raise TimeoutError("nothing that was fetched passes the node")
        fetch(b"visit%d" % attempts)
        terminal.awaits(lambda: len(totals()) == 2)
        terminal.settle()
    terminal.awaits(lambda: terminal.bars() > 0)
    return terminal.shows("(Bandwidth) \\(limit: 1 GB/s, burst: 1 GB/s")


def fetch(by):
    """Some bytes over a circuit that nobody else's streams go over."""
    with socket.create_connection(("127.0.0.1", SOCKS), PATIENCE) as stream:
        stream.sendall(b"\x05\x01\x02\x01" + bytes([len(by)]) + by + b"\x01x")
        stream.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + WEB.to_bytes(2, "big"))
        stream.sendall(b"GET /bytes/300000 HTTP/1.0\r\n\r\n")
        while stream.recv(65536):
            pass


@step
def log():
    """What happens while nyx looks."""
    with Controller.from_port(port=CONTROL) as controller:
        controller.authenticate()
        controller.signal(Signal.HEARTBEAT)
    return terminal.shows(r"\[NOTICE\] (Heartbeat: )")


@step
def connections():
    """Connections to relays and circuits, with the relays' names."""
    terminal.turn(2)
    title = terminal.shows(r"Connections \((.*)\):")
    terminal.awaits(lambda: terminal.find(r"(?:relay|auth)\d"))
    if OWN is None:
        terminal.awaits(lambda: terminal.find("(Purpose|Circuit ID)"))
    return (" inbound" if OWN else " circuit") in title, " outbound" in title or " directory" in title, " control" in title


@step
def details():
    terminal.press(ENTER)
    terminal.shows("locale: ")
    if OWN:  # the controllers come last, and before them a circuit or the other end of a connection
        terminal.press(END + UP)
    for _ in range(10):  # what comes first may be no relay
        if not terminal.find("nickname: "):
            terminal.press(DOWN)
            terminal.draw()
    terminal.shows(r"nickname: (?:relay|auth)\d")
    terminal.shows("flags: .*Running")
    terminal.press(b"d")
    terminal.shows(r"\d+ r (?:relay|auth)\d ")
    terminal.press(b"d")
    terminal.awaits(lambda: not terminal.find("Consensus Descriptor"))
    terminal.press(ENTER)
    terminal.awaits(lambda: not terminal.find("locale: "))


@step
def configuration():
    terminal.turn(3)
    terminal.shows("Tor Configuration")
    return terminal.shows("(?i)ControlPort +(%d)" % CONTROL) == str(CONTROL), terminal.shows("BandwidthRate +(1 GB)")


@step
def torrc():
    terminal.turn(4)
    terminal.shows("Tor Configuration File")
    return terminal.shows(r"\d (DataDirectory) /")


@step
def interpreter():
    terminal.turn(5)
    terminal.shows("Control Interpreter")
    terminal.press(ENTER)
    terminal.shows(">>>")
    terminal.press(b"/info %s\n" % RELAY.encode())
    told = terminal.shows(RELAY + r" \([0-9A-F]{40}\)") != "", terminal.shows("(address): 127.0.0.1")
    terminal.press(b"GETCONF MaxCircuitDirtiness\n")
    return told, terminal.shows("MaxCircuitDirtiness=(600)"), commands()


def commands():
    terminal.press(b"/help GETINFO\n")
    return terminal.shows("Queries the tor process for information")


@step
def leave():
    terminal.press(b"\n")
    terminal.press(ESCAPE)
    terminal.press(b"qq")
    deadline = time.monotonic() + PATIENCE
    while terminal.draw() and time.monotonic() < deadline:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1])


def all_steps():
    """What each step says, until one fails; and whether none did."""
    global terminal
    terminal = Terminal(tempfile.mkdtemp(dir=os.getcwd()))
    said = []
    for each in STEPS:
        try:
            said.append("%s: %s" % (each.__name__, each()))
        except Exception as error:
            said.append("%s: %s: %s" % (each.__name__, type(error).__name__, error))
            print("\n".join([said[-1]] + terminal.lines()), file=sys.stderr, flush=True)
            terminal.end()
            return said, False
    return said, True


for start in range(STARTS):
    told, went_well = all_steps()
    if went_well:
        break
print("\n".join(told))
