"""What txtorcon's guide does with a controller, one step after the other: CONTROL_PORT SOCKS_PORT WEB_PORT RELAY...

Each step prints its name and how it went, so that two nodes can be compared. RELAY are nicknames for a path by hand.
"""

import sys

from twisted.internet import defer, endpoints, protocol, reactor, task
from twisted.web.client import readBody
from zope.interface import implementer

import txtorcon

CONTROL, SOCKS, WEB = (int(port) for port in sys.argv[1:4])
PATH = sys.argv[4:]
PATIENCE = 120
DESCRIPTOR_NOT_FOUND = 0xF0  # as a SOCKS port with ExtendedErrors says it

STEPS = []


def step(function):
    STEPS.append(function)
    return function


class Here:
    """What the steps share."""


def patiently(waited):
    return defer.ensureDeferred(waited).addTimeout(PATIENCE, reactor)


async def once(happened):
    """Waits until it is so; reactor and Tor go on meanwhile."""
    while not happened():
        await task.deferLater(reactor, 0.1, lambda: None)


async def built(path=None):
    """A circuit, at the third attempt at the latest: a busy relay may take too long."""
    for attempt in range(3):
        made = await Here.state.build_circuit(path)
        try:
            await made.when_built()
            return made
        except txtorcon.torstate.CircuitBuildFailedError as failed:
            print("attempt %d: %s" % (attempt, failed), file=sys.stderr)
    raise RuntimeError("no circuit was built")


@step
async def connect():
    Here.tor = await txtorcon.connect(reactor, endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", CONTROL))
    return Here.tor.version.split(" ")[0]


@step
async def information():
    info = await Here.tor.protocol.get_info("version", "status/bootstrap-phase")
    return sorted(info), Here.tor.protocol.is_owned


@step
async def state():
    Here.state = await Here.tor.create_state()
    await once(lambda: all(name in Here.state.routers for name in PATH))
    Here.path = [Here.state.routers[name] for name in PATH]
    built = [circuit for circuit in Here.state.circuits.values() if circuit.state == "BUILT"]
    return len(built) > 0, len(Here.state.entry_guards) > 0, [router.name for router in Here.path]


@step
async def routers():
    router = Here.path[0]
    return int(router.or_port) > 0, router.ip, "running" in router.flags, int(router.bandwidth) > 0


@step
async def circuit():
    made = await built(Here.path)
    path = [router.name for router in made.path]
    await made.close()
    return path, made.purpose


@step
async def circuit_of_its_choice():
    made = await built()
    length = len(made.path)
    await made.close(ifUnused=True)
    return length


@implementer(txtorcon.IStreamAttacher)
class OneCircuit(object):
    """Has all streams go over a circuit."""

    def __init__(self, made):
        self.made = made
        self.attached = []

    def attach_stream(self, stream, circuits):
        self.attached.append(stream.target_port)
        return self.made

    def attach_stream_failure(self, stream, failure):
        self.attached.append(str(failure.value))


class Heard(txtorcon.StreamListenerMixin):
    def __init__(self):
        self.succeeded = []

    def stream_succeeded(self, stream):
        self.succeeded.append((stream.circuit.id, stream.target_port))


@step
async def request_by_an_attacher():
    made = await built(Here.path)
    attacher, heard = OneCircuit(made), Heard()
    Here.state.add_stream_listener(heard)
    await Here.state.set_attacher(attacher, reactor)
    agent = Here.tor.web_agent()
    response = await agent.request(b"GET", b"http://127.0.0.1:%d/bytes/1000" % WEB)
    body = await readBody(response)
    await Here.state.set_attacher(None, reactor)
    await made.close()
    return response.code, len(body), attacher.attached == [WEB], heard.succeeded == [(made.id, WEB)]


@step
async def request_over_a_circuit():
    """As in web_client_custom_circuit.py: txtorcon attaches the stream by an attacher of its own, which it keeps."""
    made = await built(Here.path)
    agent = made.web_agent(reactor, Here.tor._default_socks_endpoint())
    response = await agent.request(b"GET", b"http://127.0.0.1:%d/bytes/1000" % WEB)
    body = await readBody(response)
    await made.close()
    return response.code, len(body)


@step
async def listening_to_circuits():
    told = []

    class Circuits(txtorcon.CircuitListenerMixin):
        def circuit_extend(self, made, router):
            told.append(("extend", router.name))

        def circuit_built(self, made):
            told.append(("built", len(made.path)))

        def circuit_closed(self, made, **flags):
            told.append(("closed", flags["REASON"]))

    made = await Here.state.build_circuit(Here.path)
    made.listen(Circuits())
    await made.when_built()
    await made.close()
    await once(lambda: told[-1][0] == "closed")
    return told[-2:]


@step
async def events():
    told = defer.Deferred()
    await Here.tor.protocol.add_event_listener("BW", lambda text: told.called or told.callback(text))
    read, written = (await told).split()[:2]
    return int(read) >= 0, int(written) >= 0


@step
async def lookup():
    return await Here.tor.dns_resolve("127.0.0.1")


async def added(config):
    """A service, at the third attempt at the latest: txtorcon waits for no upload after the first round, and Tor goes on."""
    for attempt in range(3):
        try:
            return await txtorcon.EphemeralOnionService.create(
                reactor, config, ["80 127.0.0.1:%d" % WEB], version=3, await_all_uploads=False
            )
        except RuntimeError as failed:
            print("attempt %d: %s" % (attempt, failed), file=sys.stderr)
    raise RuntimeError("no service was added")


async def once_stored(visit):
    """What a visit gives: txtorcon goes on once one directory has the descriptor, and a visitor may ask those that have not yet."""
    for attempt in range(PATIENCE):
        try:
            return await visit()
        except txtorcon.socks.SocksError as failed:
            if failed.code != DESCRIPTOR_NOT_FOUND:
                raise
            await task.deferLater(reactor, 1, lambda: None)
    raise RuntimeError("no directory has the descriptor")


@step
async def onion_service():
    config = await Here.tor.get_config()
    service = await added(config)
    agent = Here.tor.web_agent()
    response = await once_stored(lambda: agent.request(b"GET", b"http://%s/bytes/1000" % service.hostname.encode()))
    body = await readBody(response)
    key = service.private_key
    await service.remove()
    again = await txtorcon.EphemeralOnionService.create(
        reactor, config, ["80 127.0.0.1:%d" % WEB], version=3, private_key=key, detach=True
    )
    same = again.hostname == service.hostname
    await again.remove()
    return response.code, len(body), key.startswith("ED25519-V3:"), same


@step
async def onion_endpoint():
    """As in web_onion_service_endpoints.py: somebody listens at an onion address."""

    class Greeting(protocol.Protocol):
        def dataReceived(self, data):
            self.transport.write(b"hello " + data)
            self.transport.loseConnection()

    class Reader(protocol.Protocol):
        def __init__(self):
            self.data, self.whole = b"", defer.Deferred()

        def connectionMade(self):
            self.transport.write(b"visitor")  # txtorcon loses what comes together with the SOCKS reply

        def dataReceived(self, data):
            self.data += data

        def connectionLost(self, reason):
            self.whole.callback(self.data)

    port = await Here.tor.create_onion_endpoint(7777, version=3).listen(protocol.Factory.forProtocol(Greeting))
    reader = Reader()
    await once_stored(
        lambda: endpoints.connectProtocol(Here.tor.stream_via(port.getHost().onion_uri, 7777), reader)
    )
    said = await reader.whole
    await defer.maybeDeferred(port.stopListening)
    return said


@step
async def configuration():
    config = await Here.tor.get_config()
    config.MaxCircuitDirtiness = 1234
    await config.save()
    changed = await Here.tor.protocol.get_conf("MaxCircuitDirtiness")
    config.MaxCircuitDirtiness = 600
    await config.save()
    return changed, str(SOCKS) in config.SocksPort[0], config.ControlPort == [str(CONTROL)], config.CookieAuthentication


async def all_steps():
    for each in STEPS:
        try:
            print("%s: %s" % (each.__name__, await patiently(each())), flush=True)
        except Exception as error:
            print("%s: %s: %s" % (each.__name__, type(error).__name__, error), flush=True)


task.react(lambda _: defer.ensureDeferred(all_steps()))
