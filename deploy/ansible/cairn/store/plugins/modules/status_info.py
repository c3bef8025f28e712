#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers

from __future__ import annotations

DOCUMENTATION = r"""
module: status_info
short_description: Tells how the Cairn agent of a host is
version_added: 0.1.0
author: The Cairn maintainers (!UNKNOWN)
description:
  - Which cluster the agent of the host follows, whether a quorum answers, the newest revision, and which replicas were not believed.
  - Fails where no agent answers. That the cluster cannot be reached is a result, unless O(require_reachable).
options:
  require_reachable:
    description: Fail where no quorum answers the agent.
    type: bool
    default: false
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
- name: Let all lookups of this play and of others read at one revision
  cairn.store.status_info:
    require_reachable: true
  delegate_to: localhost
  run_once: true
  register: cairn

- name: Keep it
  ansible.builtin.set_fact:
    cairn_revision: "{{ cairn.revision }}"
"""

RETURN = r"""
reachable:
  description: Whether a quorum answers the agent.
  returned: always
  type: bool
chain_id:
  description: The chain id that the agent is pinned to.
  returned: always
  type: str
revision:
  description: The newest revision; where the cluster is not reachable, the newest that the agent knows of.
  returned: always
  type: int
status:
  description: All that the agent tells, as C(cairn agent status) prints it.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.cairn.store.plugins.module_utils.agent import SOCKET, Agent, AgentError


def main():
    module = AnsibleModule(
        argument_spec={
            'socket': {'type': 'path', 'default': SOCKET},
            'timeout': {'type': 'int', 'default': 30},
            'require_reachable': {'type': 'bool', 'default': False},
        },
        supports_check_mode=True,
    )
    try:
        status = Agent(module.params['socket'], module.params['timeout']).status()
    except AgentError as failed:
        module.fail_json(msg=str(failed))
    if module.params['require_reachable'] and not status['reachable']:
        module.fail_json(msg='the cluster cannot be reached: %s' % status.get('problem'), status=status)
    module.exit_json(
        changed=False,
        reachable=status['reachable'],
        chain_id=status['chain_id'],
        revision=status['newest']['revision'],
        status=status,
    )


if __name__ == '__main__':
    main()
