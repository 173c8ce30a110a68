"""Launches a tor as txtorcon's guide does, prints its process ID and how far it came, and has it end.

usage: txtorcon_launch.py TOR FOLDER SOCKS_PORT CONTROL_PORT TORRC   (TORRC is of a client of the network)
"""

import sys

from twisted.internet import defer, reactor, task

import txtorcon

TOR, FOLDER, SOCKS, CONTROL, TORRC = sys.argv[1:]


def configuration():
    """The lines of a torrc as txtorcon passes them on: a value, or a list of them."""
    lines = {}
    with open(TORRC) as torrc:
        for line in torrc:
            name, _, value = line.strip().partition(" ")
            lines.setdefault(name, []).append(value)
    config = txtorcon.TorConfig()
    for name, values in lines.items():
        setattr(config, name, values if len(values) > 1 else values[0])
    return config


async def launch():
    told = []
    tor = await txtorcon.launch(
        reactor,
        tor_binary=TOR,
        data_directory=FOLDER,
        socks_port=int(SOCKS),
        control_port=int(CONTROL),
        progress_updates=lambda percent, tag, summary: told.append((percent, summary)),
        timeout=300,
        _tor_config=configuration(),
    )
    pid = await tor.protocol.get_info("process/pid")
    print(pid["process/pid"])
    print(told[-1])
    print(tor.protocol.is_owned is not None)
    await tor.quit()


task.react(lambda _: defer.ensureDeferred(launch()))
