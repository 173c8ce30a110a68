"""What CELL_STATS tells of a circuit: CLIENT_PORT NICKNAME=CONTROL_PORT...

Builds a circuit by these relays and prints what each node on the way told of the cells in its queues, the client first:
whether cells that left had been added, the waiting times for which there are cells, and the sums of the cells that left.
Then it builds the same without TestingEnableCellStatsEvent and prints how often the client told of it.
"""

import queue
import sys

from stem import Signal
from stem.control import Controller, EventType

PATIENCE = 120
DIRECTIONS = ("inbound", "outbound")


class Node:
    def __init__(self, name, port):
        self.name = name
        self.controller = Controller.from_port(port=int(port))
        self.controller.authenticate()
        self.told = []
        self.marks = queue.Queue()
        self.controller.add_event_listener(self.told.append, EventType.CELL_STATS)
        self.controller.add_event_listener(self.marks.put, EventType.BW, EventType.SIGNAL)

    def wait(self):
        """Until all that has been sent so far has been told: a second's CELL_STATS come behind its BW."""
        self.controller.signal(Signal.HEARTBEAT)
        while self.marks.get(timeout=PATIENCE).type != EventType.SIGNAL:
            pass
        for _ in range(2):
            self.marks.get(timeout=PATIENCE)

    def events(self, key, value):
        return [event for event in self.told if getattr(event, key) == value]


def summed(events, what):
    """Of all events, the cells by their commands."""
    sums = {}
    for event in events:
        for command, count in (getattr(event, what) or {}).items():
            sums[command] = sums.get(command, 0) + count
    return dict(sorted(sums.items()))


def line(name, events):
    words = [name]
    for direction in DIRECTIONS:
        removed = summed(events, direction + "_removed")
        added = summed(events, direction + "_added")
        assert added in ({}, removed), (added, removed)
        assert set(summed(events, direction + "_time")) == set(removed), events
        assert all((getattr(event, direction + "_queue") is None) == (getattr(event, direction + "_connection") is None)
                   for event in events), events
        if removed:
            words.append(direction + " " + ",".join("%s:%d" % each for each in removed.items()))
    return " ".join(words)


client = Node("client", sys.argv[1])
relays = [Node(*each.split("=")) for each in sys.argv[2:]]
path = [relay.name for relay in relays]

circuit = client.controller.new_circuit(path, await_build=True, timeout=PATIENCE)
for node in [client] + relays:
    node.wait()
events = client.events("id", circuit)
print(line("client", events))
for place, relay in enumerate(relays):
    behind = events[0].outbound_queue  # what the circuit is called between two nodes
    events = relay.events("inbound_queue", behind)
    print(line("relay %d" % place, events))
client.controller.close_circuit(circuit)

client.controller.set_conf("TestingEnableCellStatsEvent", "0")
circuit = client.controller.new_circuit(path, await_build=True, timeout=PATIENCE)
client.wait()
print("not allowed %d" % len(client.events("id", circuit)))
client.controller.set_conf("TestingEnableCellStatsEvent", "1")
client.controller.close_circuit(circuit)
for node in [client] + relays:
    node.controller.close()
