#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers

from __future__ import annotations

DOCUMENTATION = r"""
module: config_info
short_description: Reads keys of a Cairn cluster with what proves them
version_added: 0.1.0
author: The Cairn maintainers (!UNKNOWN)
description:
  - Asks the Cairn agent of the host for a key, or for all keys of a prefix, at one revision.
  - That there is no such key is a result. Where nothing is proven the module fails.
options:
  key:
    description: A key.
    type: str
  prefix:
    description: All keys that begin so; empty for all of the cluster's.
    type: str
  revision:
    description: The revision to read at. Default is the newest.
    type: int
  max_stale:
    description:
      - How old the answer may be, such as V(30s) or V(5m). RV(verified) tells where it comes from then, and how old it may be.
    type: str
attributes:
  check_mode:
    description: Reads only.
    support: full
  diff_mode:
    description: There is nothing that could differ.
    support: none
extends_documentation_fragment:
  - cairn.store.agent
"""

EXAMPLES = r"""
- name: Read a key
  cairn.store.config_info:
    key: apps/web/limit
  register: limit

- name: Change it only as it was read
  cairn.store.change:
    operations:
      - key: apps/web/limit
        value: "20"
        expected_mod_revision: "{{ limit.records[0].mod_revision }}"
    author: alice
    reason: Raise the limit, ticket 42
    dest: /srv/changes/limit.txt
"""

RETURN = r"""
records:
  description:
    - The records in the order of their keys, none where there is none. Keys and values that are no text are C(key_base64) and
      C(value_base64).
  returned: always
  type: list
  elements: dict
  sample:
    - {key: apps/web/limit, value: "20", create_revision: 7, mod_revision: 9, version: 2}
revision:
  description: The revision at which they were so.
  returned: always
  type: int
verified:
  description: The certified header under which it is true, who signed it, and where the answer comes from.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.cairn.store.plugins.module_utils.agent import SOCKET, Agent, AgentError


def ask(agent, params):
    how = {}
    if params['revision'] is not None:
        how['revision'] = params['revision']
    if params['max_stale'] is not None:
        how['max-stale'] = params['max_stale']
    if params['key'] is None:
        answer = agent.list(params['prefix'], **how)
        return answer['records'], answer['verified']
    answer = agent.get(params['key'], **how)
    verified = answer.pop('verified')
    return ([answer] if answer.pop('found') else []), verified


def revision_of(verified):
    return verified.get('at_revision', verified.get('copy_revision', verified['revision']))


def main():
    module = AnsibleModule(
        argument_spec={
            'socket': {'type': 'path', 'default': SOCKET},
            'timeout': {'type': 'int', 'default': 30},
            'key': {'type': 'str', 'no_log': False},
            'prefix': {'type': 'str'},
            'revision': {'type': 'int'},
            'max_stale': {'type': 'str'},
        },
        required_one_of=[('key', 'prefix')],
        mutually_exclusive=[('key', 'prefix'), ('revision', 'max_stale')],
        supports_check_mode=True,
    )
    try:
        records, verified = ask(Agent(module.params['socket'], module.params['timeout']), module.params)
    except AgentError as failed:
        module.fail_json(msg=str(failed))
    module.exit_json(changed=False, records=records, revision=revision_of(verified), verified=verified)


if __name__ == '__main__':
    main()
