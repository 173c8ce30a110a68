"""Fetches every document that a directory serves and lets stem check it: form, digests and signatures.

usage: validate_documents.py DIRPORT   (on 127.0.0.1; prints a line for each kind of document with its count)
"""
import base64
import hashlib
import io
import sys
import urllib.request

import stem.descriptor
from stem.descriptor import DocumentHandler
from stem.descriptor.networkstatus import KeyCertificate

base = 'http://127.0.0.1:%s/tor/' % sys.argv[1]


def fetch(path):
    with urllib.request.urlopen(base + path, timeout=20) as answer:
        return answer.read()


def check(name, path, kind, **more):
    found = list(stem.descriptor.parse_file(io.BytesIO(fetch(path)), kind, validate=True, **more))
    if not found:
        sys.exit('%s: nothing at %s' % (name, path))
    print('%s %d' % (name, len(found)))
    return found


certificates = check('key-certificates', 'keys/all', 'dir-key-certificate-3 1.0')
check('server-descriptors', 'server/all', 'server-descriptor 1.0')
check('extra-infos', 'extra/all', 'extra-info 1.0')
whole = DocumentHandler.DOCUMENT
consensus = check('consensus', 'status-vote/current/consensus', 'network-status-consensus-3 1.0',
                  document_handler=whole)[0]
consensus.validate_signatures(certificates)
micro = check('consensus-microdesc', 'status-vote/current/consensus-microdesc',
              'network-status-microdesc-consensus-3 1.0', document_handler=whole)[0]
vote = check('vote', 'status-vote/current/authority', 'network-status-vote-3 1.0', document_handler=whole)[0]
digests = sorted({router.microdescriptor_digest for router in micro.routers.values()})
micros = check('microdescriptors', 'micro/d/' + '-'.join(digest.rstrip('=') for digest in digests),
               'microdescriptor 1.0')
if len(micros) != len(digests):
    sys.exit('%d microdescriptors of %d that the consensus lists' % (len(micros), len(digests)))

measured = check('bandwidth-file', 'status-vote/next/bandwidth', 'bandwidth-file 1.0')[0]
digest = base64.b64encode(hashlib.sha256(measured.get_bytes()).digest()).decode().rstrip('=')
if vote.bandwidth_file_digest['sha256'].rstrip('=') != digest:
    sys.exit('the vote has the digest of another bandwidth file')
headers = {name: value for name, value in vote.bandwidth_file_headers.items() if name != 'timestamp'}
if headers != dict(measured.header):
    sys.exit('the vote has the headers %s of a bandwidth file with %s' % (headers, dict(measured.header)))
for router in vote.routers.values():
    if 'Authority' in router.flags:
        continue  # as in C tor, nobody measures those
    if router.measured != int(measured.measurements[router.fingerprint]['bw']):
        sys.exit('the vote says that %s was measured as %s' % (router.nickname, router.measured))
