#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers

from __future__ import annotations

DOCUMENTATION = r"""
module: change
short_description: Drafts a signed change of a Cairn cluster
version_added: 0.1.0
author: The Cairn maintainers (!UNKNOWN)
description:
  - Writes the text of one change that makes keys what they should be, with its values beside it, as C(cairn draft) does. People read
    it with C(cairn diff), and sign it with C(cairn sign) or C(ssh-keygen).
  - Where all keys are so already nothing is drafted.
  - Each key is expected to be as it is now, so nobody's later write is lost.
  - Nothing is submitted that its author has not signed. Others approve it as every change.
options:
  operations:
    description: What is to be so afterwards, as a whole or not at all.
    type: list
    elements: dict
    required: true
    suboptions:
      key:
        description: The key.
        type: str
        required: true
      state:
        description: Whether it is to be there.
        type: str
        choices: [present, absent]
        default: present
      value:
        description: Its value.
        type: str
      src:
        description: A file on the host whose content is the value.
        type: path
      expected_mod_revision:
        description:
          - The revision at which the key was last written, V(0) where there must be none. Where it is another, and the key is not yet
            as it should be, the module fails. Default is what it is now.
        type: int
  author:
    description: The principal who proposes and signs it.
    type: str
    required: true
  reason:
    description: Why, in one line. People sign it.
    type: str
    required: true
  dest:
    description:
      - Where to write the text. The values are beside it in C(DEST.values), signatures in C(DEST.sig).
      - A draft that is there, does the same and has not expired is kept, with its signatures.
    type: path
    required: true
  force:
    description: Replace another draft that is at O(dest), with its signatures.
    type: bool
    default: false
  valid_seconds:
    description: For how long it is valid from now on. Default is a day, or less where a guard allows less.
    type: int
  signing_key:
    description:
      - The author's key, as C(ssh-keygen -Y sign -f) takes it. It must need no passphrase, or be in an ssh-agent.
      - Without it the draft is not signed.
    type: path
  submit:
    description:
      - Submit the change once it is signed, through the agent, which answers with what the log did with it.
      - Text and values must have 128 KiB together at most. C(cairn submit) takes larger ones.
    type: bool
    default: false
attributes:
  check_mode:
    description: Writes, signs and submits nothing.
    support: full
  diff_mode:
    description: Shows each key that differs.
    support: full
extends_documentation_fragment:
  - cairn.store.agent
"""

EXAMPLES = r"""
- name: Draft a change for people to sign
  cairn.store.change:
    operations:
      - key: prod/limit
        value: "20"
        expected_mod_revision: 17
      - key: prod/old
        state: absent
    author: alice
    reason: Raise the limit, ticket 42
    dest: /srv/changes/limit.txt
  register: draft

- name: Sign and submit it; it waits until the others have approved
  cairn.store.change:
    operations:
      - key: prod/motd
        src: /etc/motd
    author: deployer
    reason: The message of the day
    dest: /var/lib/deployer/motd.change
    signing_key: /var/lib/deployer/.ssh/id_ed25519
    submit: true
"""

RETURN = r"""
change_id:
  description: SHA-256 of the text, the change's digest and name.
  returned: when there is a draft
  type: str
revision:
  description: The revision that the draft looked at.
  returned: always
  type: int
before:
  description: For each key its C(value), or C(value_base64), and C(mod_revision), or null where there is none.
  returned: always
  type: dict
  sample: {prod/limit: {value: "10", mod_revision: 17}}
after:
  description: For each key its C(value), or C(value_base64), or null where there is to be none.
  returned: always
  type: dict
  sample: {prod/limit: {value: "20"}}
signers:
  description: Who has signed the draft, which is its author or nobody.
  returned: always
  type: list
  elements: str
guards:
  description: What decides on these keys. None where they are open.
  returned: when something differs
  type: list
  elements: dict
  sample:
    - {scope: prod/, threshold: 2, people: [alice, bob], roles: [], author_counts: true, valid_seconds: 604800}
standing:
  description: What the log did with the change, V(executed) or V(pending).
  returned: when submitted
  type: str
executed_revision:
  description: The revision that the change made.
  returned: when executed
  type: int
missing:
  description: What a pending change waits for, in words.
  returned: when submitted
  type: list
  elements: str
"""

import glob
import os
import re
import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes

from ansible_collections.cairn.store.plugins.module_utils.agent import SOCKET, Agent, AgentError, as_shown, value_of
from ansible_collections.cairn.store.plugins.module_utils.changes import (
    ChangeError,
    Governance,
    does_the_same,
    print_change,
    print_time,
    sha256,
    validity,
)

MAX_SUBMITTED_BYTES = 128 << 10


def read(path):
    try:
        with open(path, 'rb') as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as unreadable:
        raise ChangeError('%s cannot be read: %s' % (path, unreadable)) from unreadable


def wanted(operations):
    """By key the value, or None where there is to be none."""
    values = {}
    for operation in operations:
        key, value, src = to_bytes(operation['key']), operation['value'], operation['src']
        if not 1 <= len(key) <= 4096:
            raise ChangeError('a key has 1 to 4096 bytes, not %d' % len(key))
        if key in values:
            raise ChangeError('two operations are about %s' % operation['key'])
        given = [each for each in (value, src) if each is not None]
        if len(given) != (1 if operation['state'] == 'present' else 0):
            raise ChangeError('%s has either value or src where it is to be present, else none' % operation['key'])
        values[key] = None
        if given:
            values[key] = to_bytes(value) if src is None else read(src)
            if values[key] is None:
                raise ChangeError('%s: there is no such file' % src)
    if not values:
        raise ChangeError('it does nothing')
    return values


class Draft:
    """What is to be changed, beside what is there at one revision."""

    def __init__(self, agent, params):
        self.agent, self.params = agent, params
        status = agent.status()
        if not status['reachable']:
            raise AgentError('the cluster cannot be reached: %s' % status.get('problem'))
        self.chain, self.base = status['chain_id'], status['newest']['revision']
        self.values = wanted(params['operations'])
        self.records = {}
        for key in self.values:
            record = agent.get(key.decode('utf-8'), revision=self.base)
            self.records[key] = record if record['found'] else None

    def value_before(self, key):
        record = self.records[key]
        return None if record is None else value_of(record)

    def differing(self):
        return [key for key in sorted(self.values) if self.value_before(key) != self.values[key]]

    def before(self):
        shown = {}
        for key, record in self.records.items():
            shown[key.decode('utf-8')] = record and dict(as_shown(value_of(record)), mod_revision=record['mod_revision'])
        return shown

    def after(self):
        return {key.decode('utf-8'): None if value is None else as_shown(value) for key, value in self.values.items()}

    def diff(self):
        shown = []
        for key in self.differing():
            sides = {}
            for side, value in (('before', self.value_before(key)), ('after', self.values[key])):
                text = '' if value is None else as_shown(value).get('value', '(%d bytes, SHA-256 %s)\n' % (len(value), sha256(value)))
                sides[side] = text if not text or text.endswith('\n') else text + '\n'
                sides[side + '_header'] = key.decode('utf-8') + (' (absent)' if value is None else '')
            shown.append(sides)
        return shown

    def expected(self):
        """By key the revision at which it was last written; an error where it is not the one that was named."""
        found = {key: record['mod_revision'] if record else 0 for key, record in self.records.items()}
        for operation in self.params['operations']:
            named, is_now = operation['expected_mod_revision'], found[to_bytes(operation['key'])]
            if named is not None and named != is_now:
                raise ChangeError(
                    '%s was expected as written at revision %d; it %s' % (
                        operation['key'], named, 'was written at %d' % is_now if is_now else 'is not there')
                )
        return found

    def text(self, guards, now):
        valid_from, expires = validity(now, self.params['valid_seconds'], guards)
        head = {
            'chain': self.chain,
            'base': self.base,
            'valid_from': valid_from,
            'expires': expires,
            'author': self.params['author'],
            'reason': self.params['reason'],
        }
        return print_change(head, self.expected(), self.values)

    def governance(self):
        governance = Governance(self.agent.governance(self.base)['text'])
        if not re.fullmatch('[a-z0-9][a-z0-9._@-]{0,63}', self.params['author']):
            raise ChangeError('%r is no principal\'s name' % self.params['author'])
        if governance.principals and self.params['author'] not in governance.principals:
            raise ChangeError('nobody is called %s here; there are %s' % (
                self.params['author'], ', '.join(sorted(governance.principals))))
        return governance


class Files:
    """A change as it lies on a disk, as docs/changes.md has it."""

    def __init__(self, module, dest):
        self.module, self.dest = module, dest
        self.signature = dest + '.sig'

    def keeps(self, text, now):
        """Whether a draft is there that does the same and is still valid."""
        found = read(self.dest)
        expires = re.search(b'^expires (.*)$', found or b'', re.MULTILINE)
        return bool(expires) and does_the_same(found, text) and expires[1].decode('ascii', 'replace') > print_time(now)

    def write(self, text, values):
        try:
            for value in values:
                os.makedirs(self.dest + '.values', exist_ok=True)
                self._put(os.path.join(self.dest + '.values', sha256(value)), value)
            # They are on another text.
            for path in [self.signature, self.dest + '.approve'] + glob.glob(glob.escape(self.dest) + '.approve.*.sig'):
                if os.path.exists(path):
                    os.unlink(path)
            self._put(self.dest, text)
        except OSError as failed:
            raise ChangeError('%s cannot be written: %s' % (self.dest, failed)) from failed

    def _put(self, path, content):
        part = path + '.part'
        with open(part, 'wb') as file:
            file.write(content)
        os.replace(part, path)

    def sign(self, key):
        command = [self.module.get_bin_path('ssh-keygen', required=True), '-Y', 'sign', '-f', key, '-n', 'change@cairn.dev', self.dest]
        # A key that asks for a passphrase must fail, not wait.
        environment = {'SSH_ASKPASS_REQUIRE': 'never', 'DISPLAY': ''}
        code, dummy, said = self.module.run_command(command, environ_update=environment, data='', use_unsafe_shell=False)
        if code != 0:
            raise ChangeError('ssh-keygen does not sign: %s' % said.strip())


def submitted(draft, files):
    """What the log did with the change."""
    text, signature = read(files.dest), read(files.signature)
    if signature is None:
        raise ChangeError('%s is not signed; name a signing_key, or make %s with cairn sign' % (files.dest, files.signature))
    values = [value for dummy, value in sorted(draft.values.items()) if value is not None]
    if len(text) + sum(map(len, values)) > MAX_SUBMITTED_BYTES:
        raise ChangeError('more than %d bytes; submit it with: cairn submit %s' % (MAX_SUBMITTED_BYTES, files.dest))
    outcome = draft.agent.submit(text, signature, values)
    if outcome['standing'] not in ('executed', 'pending'):
        raise ChangeError('the change %s is %s: %s' % (outcome['change_id'], outcome['standing'], '; '.join(outcome['why'])))
    return outcome


def run(module, params):
    draft = Draft(Agent(params['socket'], params['timeout']), params)
    result = {'changed': False, 'revision': draft.base, 'before': draft.before(), 'after': draft.after(), 'signers': []}
    if not draft.differing():
        return result
    now = int(time.time())
    result['diff'] = draft.diff()
    result['guards'] = draft.governance().guards(draft.values)
    text, files = draft.text(result['guards'], now), Files(module, params['dest'])
    kept = files.keeps(text, now)
    if not kept and os.path.exists(params['dest']) and not params['force']:
        raise ChangeError('%s is another draft, or has expired; name another dest, or replace it with force' % params['dest'])
    to_sign = params['signing_key'] is not None and not (kept and os.path.exists(files.signature))
    result['changed'] = not kept or to_sign
    if module.check_mode:
        result['changed'] = result['changed'] or params['submit']
        return result
    if not kept:
        files.write(text, [value for value in draft.values.values() if value is not None])
    if to_sign:
        files.sign(params['signing_key'])
    result['change_id'] = sha256(read(params['dest']))
    result['signers'] = [params['author']] if os.path.exists(files.signature) else []
    if params['submit']:
        outcome = submitted(draft, files)
        result.update(standing=outcome['standing'], missing=outcome['why'])
        if outcome['standing'] == 'executed':
            result.update(changed=True, executed_revision=outcome['revision'])
    return result


def main():
    module = AnsibleModule(
        argument_spec={
            'socket': {'type': 'path', 'default': SOCKET},
            'timeout': {'type': 'int', 'default': 30},
            'operations': {
                'type': 'list',
                'elements': 'dict',
                'required': True,
                'options': {
                    'key': {'type': 'str', 'required': True, 'no_log': False},
                    'state': {'type': 'str', 'choices': ['present', 'absent'], 'default': 'present'},
                    'value': {'type': 'str'},
                    'src': {'type': 'path'},
                    'expected_mod_revision': {'type': 'int'},
                },
            },
            'author': {'type': 'str', 'required': True},
            'reason': {'type': 'str', 'required': True},
            'dest': {'type': 'path', 'required': True},
            'force': {'type': 'bool', 'default': False},
            'valid_seconds': {'type': 'int'},
            'signing_key': {'type': 'path', 'no_log': False},
            'submit': {'type': 'bool', 'default': False},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(**run(module, module.params))
    except (AgentError, ChangeError) as failed:
        module.fail_json(msg=str(failed))


if __name__ == '__main__':
    main()
