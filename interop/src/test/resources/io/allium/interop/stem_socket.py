"""Controls a node through its Unix socket, with a cookie in a file whose name is not ASCII: CONTROL_SOCKET COOKIE_FILE

Each step prints its name and what came of it, so that two nodes can be compared.
"""

import os
import stat
import sys
import threading

from stem.connection import connect
from stem.control import Controller, EventType

SOCKET, COOKIE = sys.argv[1:3]

controller = Controller.from_socket_file(path=SOCKET)
offer = controller.get_protocolinfo()
print("methods:", sorted(offer.auth_methods))
controller.authenticate()
name = "".join(chr(byte) if byte < 127 else "\\%03o" % byte for byte in os.path.basename(COOKIE).encode())
print("cookie:", name + '"' in controller.msg("PROTOCOLINFO 1").raw_content())
print("socket:", oct(stat.S_IMODE(os.stat(SOCKET).st_mode)), oct(stat.S_IMODE(os.stat(COOKIE).st_mode)))
print("version:", str(controller.get_version()).split(" ")[0])
print("listener:", controller.get_info("net/listeners/control").split()[-1].endswith(os.path.basename(SOCKET) + '"'))

heard = threading.Event()
controller.add_event_listener(lambda event: heard.set(), EventType.BW)
print("event:", heard.wait(60))

controller.set_conf("ContactInfo", "somebody")
print("configuration:", controller.get_conf("ContactInfo"))
controller.reset_conf("ContactInfo")
controller.close()

print("connect:", connect(control_socket=SOCKET).is_authenticated())
