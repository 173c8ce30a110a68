"""Launches a tor as stem's tutorials do, prints its process ID and how far it came, and leaves it to end with us.

usage: stem_launch.py TOR FOLDER SOCKS_PORT CONTROL_PORT TORRC   (TORRC is included)
"""
import sys

import stem.process
from stem.control import Controller

tor, folder, socks, control, torrc = sys.argv[1:]
lines = []
process = stem.process.launch_tor_with_config(
    tor_cmd=tor,
    config={
        'DataDirectory': folder,
        'SocksPort': socks,
        'ControlPort': control,
        'CookieAuthentication': '1',
        'Log': ['NOTICE stdout', 'NOTICE file %s/notice.log' % folder],
        '%include': torrc,
    },
    init_msg_handler=lines.append,
    take_ownership=True,
    timeout=300,
)
with Controller.from_port(port=int(control)) as controller:
    controller.authenticate()
    print(process.pid)
    print([line for line in lines if 'Bootstrapped 100%' in line][0].split('] ')[1])
    print(controller.get_info('status/bootstrap-phase'))
