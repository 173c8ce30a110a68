"""What stem's tutorials and examples do with a controller, one step after the other: CONTROL_PORT SOCKS_PORT WEB_PORT RELAY...

Each step prints its name and how it went, so that two nodes can be compared. RELAY are nicknames for a path by hand.
"""

import socket
import sys
import threading
import traceback

import stem
import stem.control
from stem import CircStatus, Signal, StreamStatus
from stem.control import Controller, EventType
from stem.descriptor.hidden_service import HiddenServiceDescriptorV3

CONTROL, SOCKS, WEB = (int(port) for port in sys.argv[1:4])
PATH = sys.argv[4:]
PATIENCE = 120

controller = Controller.from_port(port=CONTROL)


def connect(host, port):
    """A stream through the node, as an application asks for it."""
    stream = socket.create_connection(("127.0.0.1", SOCKS), PATIENCE)
    name = host.encode()
    stream.sendall(b"\x05\x01\x00")
    read(stream, 2)
    stream.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
    reply = read(stream, 10)
    if reply[1] != 0:
        raise OSError("SOCKS reply %d" % reply[1])
    return stream


def read(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise OSError("the stream ended early")
        data += more
    return data


def heard(event, act, wanted=lambda told: True):
    """Does something, and waits for an event."""
    told = threading.Event()
    found = []

    def listener(what):
        if wanted(what) and not found:
            found.append(what)
            told.set()

    controller.add_event_listener(listener, event)
    try:
        act()
        if not told.wait(PATIENCE):
            raise TimeoutError("no such %s event" % event)
    finally:
        controller.remove_event_listener(listener)
    return found[0]


STEPS = []


def step(function):
    STEPS.append(function)
    return function


@step
def authenticate():
    controller.authenticate()


@step
def the_little_relay_that_could():
    int(controller.get_info("traffic/read")), int(controller.get_info("traffic/written"))


@step
def version():
    return controller.get_version().version_str.split(" ")[0]


@step
def protocolinfo():
    return sorted(str(method) for method in controller.get_protocolinfo().auth_methods)


@step
def who_runs_it():
    return controller.get_user() is not None, controller.get_pid() > 0, controller.get_uptime() > 0


@step
def listeners():
    assert controller.get_ports(stem.control.Listener.CONTROL) == [CONTROL]
    assert controller.get_socks_listeners() == [("127.0.0.1", SOCKS)]
    return controller.get_ports(stem.control.Listener.OR)


@step
def exit_policy():
    return str(controller.get_exit_policy())[:40]


@step
def user_traffic():
    controller.is_user_traffic_allowed()


@step
def accounting():
    try:
        controller.get_accounting_stats()
    except stem.ControllerError as error:
        return str(error)


@step
def rates():
    return controller.get_effective_rate(), controller.get_effective_rate(burst=True)


@step
def features():
    return controller.is_feature_enabled("VERBOSE_NAMES")


@step
def bandwidth_events():
    told = heard(EventType.BW, lambda: None)
    return told.read >= 0 and told.written >= 0


@step
def options():
    before = controller.get_conf("MaxCircuitDirtiness")
    controller.set_conf("MaxCircuitDirtiness", "1234")
    assert controller.get_conf("MaxCircuitDirtiness") == "1234"
    controller.reset_conf("MaxCircuitDirtiness")
    assert controller.get_conf("MaxCircuitDirtiness") == before
    controller.set_options([("ContactInfo", "someone"), ("NewCircuitPeriod", "31")])
    assert controller.get_conf_map(["ContactInfo", "NewCircuitPeriod"])["NewCircuitPeriod"] == ["31"]
    controller.set_options([("ContactInfo", None), ("NewCircuitPeriod", None)], True)
    return before, controller.is_set("ContactInfo")


@step
def configuration_loaded_and_saved():
    controller.set_caching(False)
    text = controller.get_info("config-text")
    controller.load_conf(text + "\nContactInfo loaded\n")
    loaded = controller.get_conf("ContactInfo")
    controller.save_conf(force=True)
    with open(controller.get_info("config-file")) as torrc:
        saved = "ContactInfo loaded" in torrc.read()
    controller.reset_conf("ContactInfo")
    after = controller.get_conf("ContactInfo")
    controller.set_caching(True)
    return loaded, saved, after


@step
def several_at_once():
    return sorted(controller.get_info(["version", "config-file", "traffic/read", "status/enough-dir-info"]))


@step
def everything():
    """Each key without an argument that the node names is answered."""
    failed = []
    for line in controller.get_info("info/names").splitlines():
        key = line.split(" ")[0]
        if key.endswith("*"):
            continue
        try:
            controller.get_info(key)
        except stem.ControllerError as error:
            failed.append("%s: %s" % (key, str(error)[:60]))
    return failed


@step
def heartbeat():
    heard(EventType.BW, lambda: None)
    return controller.get_latest_heartbeat() > 0, controller.is_alive(), controller.is_authenticated()


@step
def unknown_option():
    try:
        controller.set_conf("Nonsense", "1")
    except stem.InvalidArguments as error:
        return error.arguments


@step
def unacceptable_option():
    try:
        controller.set_conf("MaxCircuitDirtiness", "nonsense")
    except stem.ControllerError as error:
        return type(error).__name__


@step
def new_identity():
    controller.signal(Signal.NEWNYM)
    return controller.is_newnym_available(), controller.get_newnym_wait() > 0


@step
def network_statuses():
    found = list(controller.get_network_statuses())
    one = controller.get_network_status(PATH[0])
    return len(found), one.nickname, sorted(one.flags) != []


@step
def microdescriptors():
    found = list(controller.get_microdescriptors())
    one = controller.get_microdescriptor(PATH[0])
    return len(found), one.onion_key is not None or one.ntor_onion_key is not None


@step
def server_descriptors():
    try:
        return len(list(controller.get_server_descriptors()))
    except stem.ControllerError as error:
        return str(error)


@step
def circuits():
    return any(circuit.status == CircStatus.BUILT and circuit.path for circuit in controller.get_circuits())


@step
def entry_guards():
    return len(controller.get_info("entry-guards").splitlines()) > 0


@step
def circuit_by_hand():
    circuit = controller.new_circuit(PATH, await_build=True, timeout=PATIENCE)
    built = controller.get_circuit(circuit)
    path = [nickname for _, nickname in built.path]
    controller.close_circuit(circuit)
    return path


@step
def circuit_made_longer():
    circuit = controller.extend_circuit("0", PATH[:2], await_build=True)
    controller.extend_circuit(circuit, PATH[2:3], await_build=True)
    length = len(controller.get_circuit(circuit).path)
    controller.repurpose_circuit(circuit, "controller")
    controller.close_circuit(circuit)
    return length


@step
def long_circuit():
    """Its RELAY_EARLY cells are for seven hops in any case."""
    path = (PATH * 4)[:7]
    circuit = controller.new_circuit(path, await_build=True, timeout=PATIENCE)
    length = len(controller.get_circuit(circuit).path)
    controller.close_circuit(circuit)
    return length


@step
def circuit_of_its_choice():
    circuit = controller.new_circuit(await_build=True, timeout=PATIENCE)
    controller.extend_circuit(circuit, [name for name in PATH if name not in names(circuit)][:1] or PATH[:1])
    controller.close_circuit(circuit)


def names(circuit):
    return [nickname for _, nickname in controller.get_circuit(circuit).path]


@step
def what_no_circuit_can_be():
    said = []
    for act in (
        lambda: controller.new_circuit(["nobody"]),
        lambda: controller.new_circuit(PATH, purpose="nonsense"),
        lambda: controller.extend_circuit("99999", PATH),
        lambda: controller.close_circuit("99999"),
        lambda: controller.repurpose_circuit("99999", "general"),
        lambda: controller.attach_stream("99999", "99999"),
        lambda: controller.close_stream("99999"),
    ):
        try:
            act()
        except stem.ControllerError as error:
            said.append("%s: %s" % (type(error).__name__, error))
    return said


@step
def stream_attached_by_hand():
    circuit = controller.new_circuit(PATH, await_build=True, timeout=PATIENCE)

    def attach(stream):
        if stream.status == StreamStatus.NEW:
            controller.attach_stream(stream.id, circuit)

    controller.add_event_listener(attach, EventType.STREAM)
    controller.set_conf("__LeaveStreamsUnattached", "1")
    try:
        with connect("127.0.0.1", WEB):
            streams = [stream for stream in controller.get_streams() if stream.circ_id == circuit]
            return len(streams), streams[0].target_port == WEB
    finally:
        controller.remove_event_listener(attach)
        controller.reset_conf("__LeaveStreamsUnattached")
        controller.close_circuit(circuit)


@step
def exit_used():
    streams = []

    def act():
        streams.append(connect("127.0.0.1", WEB))

    told = heard(EventType.STREAM, act, lambda stream: stream.status == StreamStatus.SUCCEEDED and stream.circ_id)
    circuit = controller.get_circuit(told.circ_id)
    relay = controller.get_network_status(circuit.path[-1][0])
    streams[0].close()
    return relay.or_port > 0, told.target_port == WEB


@step
def close_stream():
    with connect("127.0.0.1", WEB) as stream:
        mine = [each for each in controller.get_streams() if each.target_port == WEB]
        controller.close_stream(mine[-1].id)
        return stream.recv(1)


@step
def map_address():
    controller.map_address({"mapped.example": "127.0.0.1"})
    connect("mapped.example", WEB).close()


@step
def ephemeral_service():
    service = controller.create_ephemeral_hidden_service({80: WEB}, await_publication=True, timeout=PATIENCE)
    listed = service.service_id in controller.list_ephemeral_hidden_services()
    connect(service.service_id + ".onion", 80).close()
    descriptor = controller.get_hidden_service_descriptor(service.service_id, timeout=PATIENCE)
    if not hasattr(descriptor, "decrypt"):  # stem 1.8 takes what a controller has fetched for one of version 2
        descriptor = HiddenServiceDescriptorV3.from_str(str(descriptor))
    layers = descriptor.decrypt(service.service_id)
    removed = controller.remove_ephemeral_hidden_service(service.service_id)
    again = controller.create_ephemeral_hidden_service(
        {80: WEB}, key_type=service.private_key_type, key_content=service.private_key
    )
    same = again.service_id == service.service_id
    controller.remove_ephemeral_hidden_service(again.service_id)
    return listed, len(layers.introduction_points) > 0, removed, same, controller.list_ephemeral_hidden_services([])


@step
def client_authorization():
    service = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
    key = "4Odgm8uErEYUKmWfTQUN6vgVNVQtN8MDqPXKwnoa8E4="
    added = str(controller.msg("ONION_CLIENT_AUTH_ADD %s x25519:%s" % (service, key)))
    listed = str(controller.msg("ONION_CLIENT_AUTH_VIEW"))
    removed = str(controller.msg("ONION_CLIENT_AUTH_REMOVE %s" % service))
    return added, listed, removed


@step
def drop_guards():
    controller.drop_guards()


@step
def signals():
    for signal in (Signal.HEARTBEAT, Signal.DUMP, Signal.CLEARDNSCACHE, Signal.DORMANT, Signal.ACTIVE):
        controller.signal(signal)


@step
def many_events():
    listener = lambda told: None
    kinds = [kind for kind in EventType if kind in controller.get_info("events/names").split()]
    controller.add_event_listener(listener, *kinds)
    controller.remove_event_listener(listener)
    return len(kinds)


@step
def close():
    controller.close()


for each in STEPS:
    try:
        print("%s: %s" % (each.__name__, each()), flush=True)
    except Exception as error:
        print("%s: %s: %s" % (each.__name__, type(error).__name__, error), flush=True)
        traceback.print_exc()
