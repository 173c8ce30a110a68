"""What a controller that uses stem does with onion services: one act, told on the command line.

  onion_commands.py PORT add TARGET [KEY]  a service that stays, once a directory has its descriptor; prints its name
  onion_commands.py PORT brief TARGET      the same, which goes with us
  onion_commands.py PORT list              the names of services that stay
  onion_commands.py PORT remove NAME       prints whether there was one
  onion_commands.py PORT again TARGET      adds one, and removes and adds it again at once; prints how its uploads ended
  onion_commands.py PORT fetch NAME        prints the first line of its descriptor, and whether it is what GETINFO says
  onion_commands.py PORT say LINE          prints the reply
"""
import queue
import sys

import stem.control

PATIENCE = 300


def fetch(controller, name):
    """Fetches by hand: stem 1.8 reads descriptors of version 2 alone."""
    events = queue.Queue()
    controller.add_event_listener(events.put, stem.control.EventType.HS_DESC)
    reply = controller.msg('HSFETCH ' + name)
    if not reply.is_ok():
        return str(reply)
    while True:
        event = events.get(timeout=PATIENCE)
        if event.address == name and event.action == 'RECEIVED':
            document = controller.get_info('hs/client/desc/id/' + name)
            return document.splitlines()[0] + ' from ' + event.directory_nickname
        if event.address == name and event.action == 'FAILED':
            return 'failed: ' + event.reason


AGAIN = 5  # more often than chance would have it never come back within the same second
LAST_UPLOAD = 60  # longer than a directory that refuses is tried
PERIODS = 2  # a service publishes for two time periods at any time


def again(controller, target):
    """How the uploads ended each time that it was added."""
    events = queue.Queue()
    controller.add_event_listener(events.put, stem.control.EventType.HS_DESC)
    kind, key = 'NEW', 'ED25519-V3'
    ended = []
    for _ in range(AGAIN):
        made = controller.create_ephemeral_hidden_service({80: target}, key_type=kind, key_content=key, detached=True)
        kind, key = made.private_key_type or kind, made.private_key or key
        ended.append(' '.join(sorted(uploads(events))))
        controller.remove_ephemeral_hidden_service(made.service_id)
    return '\n'.join(ended)


def uploads(events):
    """What became of those of one that begins: what is told before belongs to the one before."""
    for _ in range(PERIODS):
        while events.get(timeout=PATIENCE).action != 'CREATED':
            pass
    began, ended = 0, []
    while not ended or len(ended) < began:
        try:
            event = events.get(timeout=LAST_UPLOAD if ended else PATIENCE)
        except queue.Empty:
            break  # of uploads that later ones replaced nobody hears again
        if event.action == 'UPLOAD':
            began += 1
        elif event.action in ('UPLOADED', 'FAILED'):
            ended.append(event.action + ('' if event.reason is None else ' ' + event.reason))
    return set(ended)


def main(port, act, *arguments):
    with stem.control.Controller.from_port(port=int(port)) as controller:
        controller.authenticate()
        if act in ('add', 'brief'):
            key = dict(client_auth_v3=arguments[1]) if len(arguments) > 1 else {}
            made = controller.create_ephemeral_hidden_service(
                {80: int(arguments[0])}, await_publication=True, detached=act == 'add', timeout=PATIENCE, **key)
            print(made.service_id)
        elif act == 'list':
            print(' '.join(controller.list_ephemeral_hidden_services(detached=True)))
        elif act == 'remove':
            print(controller.remove_ephemeral_hidden_service(arguments[0]))
        elif act == 'again':
            print(again(controller, int(arguments[0])))
        elif act == 'fetch':
            print(fetch(controller, arguments[0]))
        else:
            print(controller.msg(arguments[0]))


main(*sys.argv[1:])
