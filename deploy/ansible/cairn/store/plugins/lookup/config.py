# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers

from __future__ import annotations

DOCUMENTATION = r"""
name: config
short_description: Reads values from a Cairn cluster, proven
version_added: 0.1.0
author: The Cairn maintainers (!UNKNOWN)
description:
  - Asks the Cairn agent of the machine where Ansible runs. It answers with what is proven, or not at all.
  - There is no answer in place of an error. Where there is no such key, no agent, or no quorum, the task fails.
  - All lookups of a run read at one revision. The first asks for the newest, so it has every write that was acknowledged before;
    the others read what was at that revision, also those of other hosts and plays.
options:
  _terms:
    description: Keys, or prefixes with O(prefix).
    required: true
    type: list
    elements: str
  prefix:
    description:
      - The terms are prefixes. For each there is one dictionary of all its keys, whole, with their values.
    type: bool
    default: false
  default:
    description:
      - What to return where it is proven that there is no such key, or none of that prefix. Without it that is an error.
      - It takes the place of no other error.
    type: raw
  revision:
    description:
      - The revision to read at, in place of the one of this run. RV(cairn.store.status_info#module:revision) is the newest.
    type: int
    vars:
      - name: cairn_revision
  max_stale:
    description:
      - How old the answer may be, such as V(30s), V(5m) or V(1h). It may then lack writes of that time, and does not read at the
        revision of the run. Where it comes from the agent's copy a warning says how old it is.
      - Only with it is there an answer while the cluster cannot be reached.
    type: str
  encoding:
    description: Whether values are returned as text, which they must be then, or in Base64.
    type: str
    choices: [text, base64]
    default: text
extends_documentation_fragment:
  - cairn.store.agent.plugin
seealso:
  - module: cairn.store.config_info
  - module: cairn.store.status_info
"""

EXAMPLES = r"""
- name: A value; the task fails where it cannot be proven
  ansible.builtin.template:
    src: web.conf.j2
    dest: /etc/web.conf
    mode: "0644"
  vars:
    limit: "{{ lookup('cairn.store.config', 'apps/web/limit') }}"
    motd: "{{ lookup('cairn.store.config', 'apps/web/motd', default='') }}"

- name: All keys of a prefix
  ansible.builtin.debug:
    msg: "{{ item.key }} is {{ item.value }}"
  loop: "{{ lookup('cairn.store.config', 'apps/web/', prefix=true) | dict2items }}"

- name: What was known at most five minutes ago will do
  ansible.builtin.debug:
    msg: "{{ lookup('cairn.store.config', 'apps/web/banner', max_stale='5m') }}"
"""

RETURN = r"""
_raw:
  description: For each key its value; for each prefix a dictionary of keys and values.
  type: list
  elements: raw
"""

import base64

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.cairn.store.plugins.module_utils.agent import Agent, AgentError, text_of, value_of
from ansible_collections.cairn.store.plugins.plugin_utils.pin import Pin

display = Display()


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        if self.get_option('max_stale') is not None and 'revision' in kwargs:
            raise AnsibleLookupError('what was at a revision never grows stale; give either revision or max_stale')
        agent = Agent(self.get_option('socket'), self.get_option('timeout'))
        try:
            return [self._found(agent, term, kwargs) for term in terms]
        except AgentError as failed:
            raise AnsibleLookupError('cairn.store.config: %s' % failed) from failed

    def _found(self, agent, term, kwargs):
        if self.get_option('prefix'):
            records = self._ask(agent.list, agent, term)['records']
            if records:
                return {self._key(record): self._value(record) for record in records}
            missing = 'there is no key below %r' % term
        else:
            answer = self._ask(agent.get, agent, term)
            if answer['found']:
                return self._value(answer)
            missing = 'there is no key %r' % term
        if 'default' in kwargs:
            return self.get_option('default')
        raise AnsibleLookupError('cairn.store.config: %s; that is proven. Give a default if it may be missing' % missing)

    def _ask(self, question, agent, term):
        max_stale = self.get_option('max_stale')
        if max_stale is not None:
            answer = question(term, **{'max-stale': max_stale})
            self._show(term, answer['verified'])
            return answer
        revision = self.get_option('revision')
        if revision is not None:
            return question(term, revision=revision)
        pin = Pin(agent.socket)
        pinned = pin.get()
        if pinned is None:
            answer = question(term)
            newest = answer['verified']['revision']
            pinned = pin.settle(newest)
            if pinned == newest:
                return answer
        return question(term, revision=pinned)

    @staticmethod
    def _show(term, verified):
        if verified['source'] == 'copy':
            display.warning(
                'cairn.store.config: %s is from the agent\'s copy, at revision %d; it may lack writes of the last %.1f s'
                % (term, verified['copy_revision'], verified['stale_ms_at_most'] / 1000)
            )

    @staticmethod
    def _key(record):
        if 'key' not in record:
            raise AgentError('a key is no text: %s in base64' % record['key_base64'])
        return record['key']

    def _value(self, record):
        if self.get_option('encoding') == 'base64':
            return base64.b64encode(value_of(record)).decode('ascii')
        return text_of(record)
