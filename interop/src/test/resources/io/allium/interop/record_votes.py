"""Records the votes and consensuses of a network of C tor's authorities whose relays and opinions change all the time.

usage: record_votes.py DIR [--periods N] [--seed S] [--base PORT]

Four authorities and seven relays run on 127.0.0.x, with a vote every ten seconds. In each period something changes: relays
come, go, move, and get other keys, names, policies and families; authorities measure bandwidths, reject, mark, set
parameters, recommend versions, and are away. What each authority computed lies in DIR/votes/PERIOD-NAME: the votes
that it had, both consensuses without signatures, and how many authorities there are. Everything ends with this
script. The seed decides on the changes; when they take effect is up to the machine.
"""
import argparse
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import time

VALID_AFTER = re.compile(rb'^valid-after (.*)$', re.MULTILINE)
INTERVAL = 10  # seconds: the shortest that C tor accepts
COMMON = f"""TestingTorNetwork 1
GeoIPFile /dev/null
GeoIPv6File /dev/null
AssumeReachable 1
TestingMinExitFlagThreshold 0
V3AuthNIntervalsValid 3
TestingV3AuthInitialVotingInterval {INTERVAL}
V3AuthVotingInterval {INTERVAL}
TestingV3AuthInitialVoteDelay 2
V3AuthVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthDistDelay 2
ShutdownWaitLength 0
ExitPolicyRejectPrivate 0
SafeLogging 0
"""
POLICIES = [
    ['accept *:*'],
    ['reject *:*'],
    ['accept *:80', 'accept *:443', 'reject *:*'],
    ['reject *:25', 'reject *:119', 'accept *:*'],
    ['accept *:22-8080', 'reject *:*'],
    ['reject 10.0.0.0/8:*', 'accept *:1-65535'],
    ['accept6 *:443', 'reject6 *:*', 'accept *:443', 'reject *:*'],
]
VERSIONS = ['0.4.8.10', '0.4.8.12', '0.4.9.1-alpha', '0.4.9.11', '0.4.9.12-rc']
PARAMETERS = ['bwweightscale=5000', 'maxunmeasuredbw=40', 'circwindow=900', 'AuthDirMaxServersPerAddr=3', 'cc_alg=2',
              'CircuitPriorityHalflifeMsec=30000', 'UseNTorHandshake=1', 'hs_service_max_rdv_failures=3', 'Odd=-7']
FLAG_LISTS = ['TestingDirAuthVoteExit', 'TestingDirAuthVoteGuard', 'TestingDirAuthVoteHSDir']


class Node:
    def __init__(self, root, name, port):
        self.name, self.folder, self.port = name, root / name, port
        self.address = '127.0.0.1'
        self.own = {}  # lines of the torrc that change, by what they are about
        self.process = None
        (self.folder / 'keys').mkdir(parents=True)
        self.folder.chmod(0o700)
        (self.folder / 'keys').chmod(0o700)

    def is_authority(self):
        return self.name.startswith('auth')

    def torrc(self, common):
        lines = [f'DataDirectory {self.folder}', f'Nickname {self.own.get("nickname", [self.name])[0]}',
                 f'Log notice file {self.folder}/notice.log', f'ORPort {self.address}:{self.port}',
                 f'Address {self.address}', 'SocksPort 0', 'ServerDNSDetectHijacking 0']
        if self.is_authority():
            lines += ['AuthoritativeDirectory 1', 'V3AuthoritativeDirectory 1', f'DirPort 127.0.0.1:{self.port + 1}',
                      'ExitPolicy reject *:*', f'V3BandwidthsFile {self.folder}/bandwidth']
        else:
            lines += ['ExitRelay 1']
        for about, changed in self.own.items():
            lines += [] if about == 'nickname' else changed
        (self.folder / 'torrc').write_text('\n'.join(lines) + '\n' + common)

    def start(self, common):
        self.torrc(common)
        (self.folder / 'notice.log').unlink(missing_ok=True)
        self.process = subprocess.Popen(['tor', '-f', str(self.folder / 'torrc')], stdout=subprocess.DEVNULL)

    def await_start(self):
        """Before it has got this far, SIGHUP would end it."""
        deadline = time.time() + 600
        log = self.folder / 'notice.log'
        while not (log.exists() and 'Bootstrapped 0%' in log.read_text()):
            if self.process.poll() is not None or time.time() > deadline:
                sys.exit(f'{self.name} does not start: see {log}')
            time.sleep(0.1)

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def reload(self, common):
        self.torrc(common)
        if self.process:
            self.await_start()
            self.process.send_signal(signal.SIGHUP)

    def list_fingerprint(self):
        subprocess.run(['tor', '--list-fingerprint', '--ORPort', str(self.port), '--DataDirectory', str(self.folder),
                        '--Nickname', self.name, '--DirAuthority', 'x 127.0.0.1:1 ' + 'f' * 40, '-f', '/dev/null',
                        '--ignore-missing-torrc'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def fingerprint(self):
        return (self.folder / 'fingerprint').read_text().split()[1]

    def ed25519(self):
        return (self.folder / 'fingerprint-ed25519').read_text().split()[1]


class Network:
    def __init__(self, root, base, chance):
        self.root, self.chance = root, chance
        self.authorities = [Node(root, f'auth{i}', base + 10 * i) for i in range(4)]
        self.relays = [Node(root, f'relay{i}', base + 100 + 10 * i) for i in range(7)]
        self.recorded = 0
        self.common = COMMON
        for authority in self.authorities:
            subprocess.run(['tor-gencert', '--create-identity-key', '--passphrase-fd', '0', '-m', '12',
                            '-a', f'127.0.0.1:{authority.port + 1}'], cwd=authority.folder / 'keys', input=b'test\n',
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            authority.list_fingerprint()
            certificate = (authority.folder / 'keys' / 'authority_certificate').read_text().split()
            identity = certificate[certificate.index('fingerprint') + 1]
            self.common += (f'DirAuthority {authority.name} orport={authority.port} v3ident={identity}'
                            f' 127.0.0.1:{authority.port + 1} {authority.fingerprint()}\n')
        for relay in self.relays:
            relay.list_fingerprint()

    def start(self):
        time.sleep(INTERVAL - time.time() % INTERVAL)  # whoever starts late in a period misses its vote
        for node in self.authorities + self.relays:
            node.start(self.common)

    def stop(self):
        for node in self.authorities + self.relays:
            node.stop()

    def record_period(self):
        self.record(time.time() + INTERVAL - time.time() % INTERVAL + 1)

    def record(self, until):
        """Looks until then for what authorities have computed."""
        while time.time() < until:
            for authority in self.authorities:
                if authority.process:
                    self.keep(authority)
            time.sleep(0.5)

    def keep(self, authority):
        """Its consensuses, once enough have signed what it computed, and the votes that it computed them of."""
        try:
            documents = {name: (authority.folder / name).read_bytes()
                         for name in ['v3-status-votes', 'consensus-transparency-ns', 'consensus-transparency-microdesc']}
        except FileNotFoundError:
            return
        periods = [set(VALID_AFTER.findall(document)) for document in documents.values()]
        if len(periods[0]) != 1 or any(each != periods[0] for each in periods):
            return  # one of them is still that of the period before, or being written
        folder = self.root / 'votes' / (periods[0].pop().decode().replace(' ', '_') + '-' + authority.name)
        if not folder.exists():
            folder.mkdir(parents=True)
            for name, document in documents.items():
                (folder / name).write_bytes(document)
            (folder / 'authorities').write_text(f'{len(self.authorities)}\n')
            self.recorded += 1

    # What can change. Each returns in words what it did.

    def relay_goes_or_comes(self):
        relay = self.chance.choice(self.relays)
        if relay.process:
            relay.stop()
            return f'{relay.name} goes'
        relay.start(self.common)
        return f'{relay.name} comes'

    def relay_gets_new_keys(self):
        relay = self.chance.choice(self.relays)
        relay.stop()
        what = self.chance.choice(['ed25519*', 'secret_*', '*'])
        for file in (relay.folder / 'keys').glob(what):
            file.unlink()
        relay.list_fingerprint()
        relay.start(self.common)
        return f'{relay.name} gets new keys ({what})'

    def relay_moves(self):
        relay = self.chance.choice(self.relays)
        relay.stop()
        relay.address = f'127.0.0.{self.chance.randrange(1, 4)}'
        relay.start(self.common)
        return f'{relay.name} moves to {relay.address}'

    def relay_changes_its_policy(self):
        relay = self.chance.choice(self.relays)
        relay.own['policy'] = ['ExitPolicy ' + rule for rule in self.chance.choice(POLICIES)]
        relay.own['ipv6'] = ['IPv6Exit 1'] if self.chance.random() < 0.5 else []
        relay.reload(self.common)
        return f'{relay.name} has another policy'

    def relay_changes_its_family(self):
        relay = self.chance.choice(self.relays)
        family = self.chance.sample(self.relays, self.chance.randrange(4))
        relay.own['family'] = ['MyFamily ' + ','.join('$' + other.fingerprint() for other in family)] if family else []
        relay.reload(self.common)
        return f'{relay.name} has a family of {len(family)}'

    def relay_changes_its_name(self):
        relay = self.chance.choice(self.relays)
        relay.own['nickname'] = [self.chance.choice([relay.name, 'Unnamed', 'same', 'Another' + relay.name])]
        relay.reload(self.common)
        return f'{relay.name} is called {relay.own["nickname"][0]}'

    def relay_offers_less(self):
        relay = self.chance.choice(self.relays)
        rate = self.chance.choice([80, 300, 2000, 100000])
        relay.own['rate'] = [f'RelayBandwidthRate {rate} KBytes', f'RelayBandwidthBurst {2 * rate} KBytes',
                             f'MaxAdvertisedBandwidth {rate} KBytes']
        relay.reload(self.common)
        return f'{relay.name} offers {rate} kB/s'

    def bandwidths_are_measured(self):
        measuring = self.chance.sample(self.authorities, self.chance.randrange(5))
        for authority in self.authorities:
            file = authority.folder / 'bandwidth'
            if authority not in measuring:
                file.unlink(missing_ok=True)
                continue
            lines = [str(int(time.time())), 'version=1.4.0', 'software=record', '=====']
            for node in self.authorities + self.relays:
                if self.chance.random() < 0.8:
                    lines.append(f'bw={self.chance.randrange(1, 90000)} node_id=${node.fingerprint()}'
                                 f' master_key_ed25519={node.ed25519()} nick={node.name}'
                                 + (' vote=0' if self.chance.random() < 0.1 else ''))
            file.write_text('\n'.join(lines) + '\n')
        return f'{len(measuring)} measure'

    def authority_judges(self):
        authority = self.chance.choice(self.authorities)
        lines = []
        for option in ['!reject', '!invalid', '!badexit', '!middleonly']:
            lines += [f'{option} {relay.fingerprint()}' for relay in self.relays if self.chance.random() < 0.12]
        (authority.folder / 'approved-routers').write_text('\n'.join(lines) + '\n')
        authority.own['bad exits'] = ['AuthDirListBadExits 1', 'AuthDirListMiddleOnly 1']
        authority.reload(self.common)
        return f'{authority.name} judges: {len(lines)} lines'

    def all_judge(self):
        relay = self.chance.choice(self.relays)
        option = self.chance.choice(['!reject', '!invalid', '!badexit', '!middleonly', ''])
        for authority in self.authorities:
            (authority.folder / 'approved-routers').write_text(f'{option} {relay.fingerprint()}\n' if option else '')
            authority.own['bad exits'] = ['AuthDirListBadExits 1', 'AuthDirListMiddleOnly 1']
            authority.reload(self.common)
        return f'all say of {relay.name}: {option or "nothing"}'

    def flags_are_voted(self):
        for authority in self.chance.sample(self.authorities, self.chance.randrange(1, 5)):
            lines = []
            for option in FLAG_LISTS:
                named = [relay for relay in self.relays if self.chance.random() < 0.5]
                if named:
                    lines.append(f'{option} ' + ','.join('$' + relay.fingerprint() for relay in named))
                    lines.append(f'{option}IsStrict {self.chance.randrange(2)}')
            authority.own['flags'] = lines
            authority.reload(self.common)
        return 'other flags'

    def parameters_are_set(self):
        for authority in self.chance.sample(self.authorities, self.chance.randrange(1, 5)):
            chosen = self.chance.sample(PARAMETERS, self.chance.randrange(len(PARAMETERS)))
            authority.own['parameters'] = ['ConsensusParams ' + ' '.join(chosen)] if chosen else []
            authority.reload(self.common)
        return 'other parameters'

    def versions_are_recommended(self):
        for authority in self.chance.sample(self.authorities, self.chance.randrange(1, 5)):
            chosen = self.chance.sample(VERSIONS, self.chance.randrange(1, len(VERSIONS)))
            authority.own['versions'] = ['VersioningAuthoritativeDirectory 1', 'RecommendedClientVersions '
                                         + ','.join(chosen), 'RecommendedServerVersions ' + ','.join(chosen[:2])]
            authority.reload(self.common)
        return 'other versions'

    def thresholds_change(self):
        authority = self.chance.choice(self.authorities)
        authority.own['thresholds'] = [f'AuthDirFastGuarantee {self.chance.choice([0, 100, 500])} KBytes',
                                       f'AuthDirGuardBWGuarantee {self.chance.choice([0, 250, 2000])} KBytes',
                                       f'AuthDirMaxServersPerAddr {self.chance.choice([0, 2, 4])}',
                                       f'MinMeasuredBWsForAuthToIgnoreAdvertised {self.chance.choice([2, 500])}']
        authority.reload(self.common)
        return f'{authority.name} has other thresholds'

    def authority_goes(self):
        authority = self.chance.choice(self.authorities)
        authority.stop()
        return f'{authority.name} goes'

    def authority_comes(self):
        authority = next(authority for authority in self.authorities if not authority.process)
        authority.start(self.common)
        return f'{authority.name} comes'

    def change(self):
        if not all(authority.process for authority in self.authorities):
            return self.authority_comes()  # with another one away, too few would be left to vote
        return self.chance.choice([
            self.relay_goes_or_comes, self.relay_gets_new_keys, self.relay_moves, self.relay_changes_its_policy,
            self.relay_changes_its_family, self.relay_changes_its_name, self.relay_offers_less,
            self.bandwidths_are_measured, self.bandwidths_are_measured, self.authority_judges, self.all_judge,
            self.flags_are_voted, self.parameters_are_set, self.versions_are_recommended, self.thresholds_change,
            self.authority_goes])()


def free_base():
    """The first of ports that nobody has, below those that the system gives to connections."""
    for base in range(21000, 31000, 200):
        probes = []
        try:
            for port in range(base, base + 180):
                probes.append(socket.socket())
                probes[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probes[-1].bind(('', port))
            return base
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    sys.exit('no free ports')


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--periods', type=int, default=6)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--base', type=int, default=None, help='the first port; one that is free otherwise')
    arguments = parser.parse_args()
    network = Network(arguments.folder.resolve(), arguments.base or free_base(), random.Random(arguments.seed))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    network.start()
    try:
        for period in range(arguments.periods):
            changes = [network.change() for _ in range(1 + period % 2)] if period else []
            print(time.strftime('%H:%M:%S'), 'period', period, '; '.join(changes), flush=True)
            network.record_period()  # changes begin as a period does
        for _ in range(60):  # on a machine so busy that no vote came in time, one that does will come
            if network.recorded:
                break
            network.record_period()
    finally:
        network.stop()
    print(network.recorded, 'recorded')


main()
