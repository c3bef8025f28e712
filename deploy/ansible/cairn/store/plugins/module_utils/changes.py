# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers
"""The text of a change, spelled as docs/changes.md says and as C(cairn draft) writes it."""

from __future__ import annotations

import hashlib
import re
import time

DEFAULT_SECONDS = 86400
# Of keys for which no guard says how long a change may be valid.
MOST_SECONDS_UNGUARDED = 604800
# A change is valid a little before it was drafted: replicas' clocks may be behind this one.
EARLIER_SECONDS = 60
# Characters that could make people see another reason than the one they sign.
HIDDEN = re.compile(
    '[\x00-\x1f\x7f-\xa0\xad\u061c\u115f-\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164'
    '\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]'
)


class ChangeError(Exception):
    """There can be no such change. The message is one line that says why."""


def print_key(key):
    return ''.join(chr(b) if 0x20 < b < 0x7F and b != 0x25 else '%%%02X' % b for b in key)


def read_key(word):
    return re.sub(b'%(..)', lambda found: bytes([int(found[1], 16)]), word.encode('ascii'))


def print_time(seconds):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Governance:
    """Of the governance's text, what a draft needs."""

    def __init__(self, text):
        self.principals, self.rulings, self.registry = set(), {}, None
        for line in text.splitlines()[1:]:
            words = line.split(' ')
            if words[0] in ('person', 'node', 'service', 'gateway'):
                self.principals.add(words[1])
            elif words[0] in ('guard', 'open'):
                self._rule(words)

    def _rule(self, words):
        if words[1] == 'registry':
            self.registry = self._guard('registry', words[2:])
        elif words[1] == 'everything':
            self.rulings[b''] = self._guard('everything', words[2:]) if words[0] == 'guard' else None
        elif words[1] == 'prefix':
            self.rulings[read_key(words[2])] = self._guard(words[2], words[3:]) if words[0] == 'guard' else None

    @staticmethod
    def _guard(scope, words):
        fields = dict(zip(words[::2], words[1::2]))
        return {
            'scope': scope,
            'threshold': int(fields['threshold']),
            'people': [] if fields['people'] == '-' else fields['people'].split(','),
            'roles': [] if fields['roles'] == '-' else fields['roles'].split(','),
            'author_counts': fields['author'] == 'counts',
            'valid_seconds': int(fields['valid']),
        }

    def guards(self, keys):
        """Those that decide on these keys: for each the one of the longest prefix alone."""
        found = {}
        for key in keys:
            prefixes = [prefix for prefix in self.rulings if key.startswith(prefix)]
            guard = self.rulings[max(prefixes, key=len)] if prefixes else self.registry
            if guard is not None:
                found[guard['scope']] = guard
        return [found[scope] for scope in sorted(found)]


def validity(now, seconds, guards):
    """From when until when a change is valid, in whole seconds since 1970. seconds: how long from now on, or None."""
    longest = min([guard['valid_seconds'] for guard in guards] or [MOST_SECONDS_UNGUARDED])
    if seconds is None:
        most = longest - EARLIER_SECONDS if longest > 2 * EARLIER_SECONDS else longest
        seconds = min(DEFAULT_SECONDS, most)
    if not 0 < seconds <= longest:
        raise ChangeError('a change of these keys is valid for 1 to %d seconds, not %d' % (longest, seconds))
    until = now + seconds
    return min(max(until - longest, now - EARLIER_SECONDS), now), until


def print_change(head, expected, operations):
    """
    head: chain, base, valid_from, expires, author, reason.
    expected: by key, the revision at which it was last written, or 0 where it is absent.
    operations: by key, the value to put, or None to delete it.
    """
    reason = head['reason']
    if not 0 < len(reason.encode('utf-8', 'surrogatepass')) <= 1024 or reason != reason.strip(' ') or HIDDEN.search(reason):
        raise ChangeError('a reason is one line of 1 to 1024 bytes that can be seen, without a blank at either end')
    lines = [
        'cairn-change-1',
        'chain %s' % head['chain'],
        'base %d' % head['base'],
        'valid-from %s' % print_time(head['valid_from']),
        'expires %s' % print_time(head['expires']),
        'author %s' % head['author'],
        'reason %s' % reason,
    ]
    for key, revision in sorted(expected.items()):
        lines.append('expect %s %s' % (print_key(key), 'revision %d' % revision if revision else 'absent'))
    for key, value in sorted(operations.items()):
        if value is None:
            lines.append('delete %s' % print_key(key))
        else:
            lines.append('put %s %d %s' % (print_key(key), len(value), sha256(value)))
    return ('\n'.join(lines) + '\n').encode('utf-8')


def does_the_same(one, other):
    """Whether two texts differ in nothing but when they were drafted, and from which revision."""
    moving = (b'base ', b'valid-from ', b'expires ')

    def rest(text):
        lines = text.split(b'\n')
        return [line for line in lines[:7] if not line.startswith(moving)] + lines[7:]

    return rest(one) == rest(other)
