"""Fetches every document that a directory serves and lets stem check it: form, digests and signatures.

usage: validate_documents.py DIRPORT   (on 127.0.0.1; prints a line for each kind of document with its count)
"""
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
check('vote', 'status-vote/current/authority', 'network-status-vote-3 1.0', document_handler=whole)
digests = sorted({router.microdescriptor_digest for router in micro.routers.values()})
micros = check('microdescriptors', 'micro/d/' + '-'.join(digest.rstrip('=') for digest in digests),
               'microdescriptor 1.0')
if len(micros) != len(digests):
    sys.exit('%d microdescriptors of %d that the consensus lists' % (len(micros), len(digests)))
