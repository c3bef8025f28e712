# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers

from __future__ import annotations

DOCUMENTATION = r"""
name: hosts
short_description: Hosts, groups and their variables from a Cairn cluster, proven
version_added: 0.1.0
author: The Cairn maintainers (!UNKNOWN)
description:
  - Reads all keys of a prefix at one revision, proven to be all, from the Cairn agent of the machine where Ansible runs.
  - The keys are C(hosts/NAME/vars), C(groups/NAME/hosts), C(groups/NAME/children) and C(groups/NAME/vars) below O(prefix). Values are
    YAML, variables a mapping and the others lists of names. A host exists where it has C(vars), which may be empty.
  - Whatever else is there, or does not fit together, is an error, and no host comes of it. So is an empty inventory.
  - Every host has the variable C(cairn_inventory_revision).
  - Values are data. What looks like a template in them is not one.
  - Ansible itself goes on without a source that fails, with a warning and with no hosts. With C(any_unparsed_is_failed = true) in the
    section C([inventory]) of F(ansible.cfg), or E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true), it ends instead.
notes:
  - The file's name must end in C(.cairn.yml) or C(.cairn.yaml).
options:
  plugin:
    description: Says that the file is for this plugin.
    type: str
    required: true
    choices: [cairn.store.hosts]
  prefix:
    description: Where the inventory is.
    type: str
    default: /inventory/
  revision:
    description: The revision to read at. Default is the newest.
    type: int
    env:
      - name: CAIRN_INVENTORY_REVISION
extends_documentation_fragment:
  - cairn.store.agent.plugin
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
"""

EXAMPLES = r"""
# fleet.cairn.yml
plugin: cairn.store.hosts
keyed_groups:
  - key: zone
    prefix: zone
groups:
  canary: inventory_hostname is match('web1')

# Drafted, signed and submitted, this is a fleet:
#   cairn draft -m 'Two hosts' \
#     --put '/inventory/hosts/web1/vars=zone: north' --put '/inventory/hosts/web2/vars=zone: south' \
#     --put '/inventory/groups/web/hosts=[web1, web2]'
"""

from ansible.errors import AnsibleParserError
from ansible.inventory.helpers import get_group_vars
from ansible.module_utils.common.yaml import yaml_load
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.vars import combine_vars

from ansible_collections.cairn.store.plugins.module_utils.agent import Agent, AgentError, text_of
from ansible_collections.cairn.store.plugins.module_utils.inventory import InventoryError, Layout


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = 'cairn.store.hosts'

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith(('.cairn.yml', '.cairn.yaml'))

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path)
        self._read_config_data(path)
        try:
            found = self._found(path, cache)
            layout = Layout(self.get_option('prefix'), found['values'], yaml_load)
            if not layout.hosts:
                raise InventoryError('there is no host below %s' % self.get_option('prefix'))
        except (AgentError, InventoryError) as failed:
            raise AnsibleParserError('cairn.store.hosts: %s' % failed) from failed
        self._fill(layout, found['revision'])

    def _found(self, path, cache):
        """The values by key, and the revision at which they were so."""
        asked = {name: self.get_option(name) for name in ('socket', 'prefix', 'revision')}
        key = self.get_cache_key(path)
        kept = self.get_option('cache')
        if kept and cache:
            found = self._cache.get(key)
            # The file may name another place since.
            if found and found['asked'] == asked:
                return found
        agent = Agent(asked['socket'], self.get_option('timeout'))
        at = {} if asked['revision'] is None else {'revision': asked['revision']}
        answer = agent.list(asked['prefix'], **at)
        for record in answer['records']:
            if 'key' not in record:
                raise InventoryError('a key is no text: %s in base64' % record['key_base64'])
        values = {record['key']: text_of(record) for record in answer['records']}
        found = {'asked': asked, 'revision': answer['revision'], 'values': values}
        if kept:
            self._cache[key] = found
        return found

    def _fill(self, layout, revision):
        for name in layout.groups:
            self.inventory.add_group(name)
        for name, group in layout.groups.items():
            for child in group['children']:
                self.inventory.add_child(name, child)
            for variable, value in group['vars'].items():
                self.inventory.set_variable(name, variable, value)
        for name, variables in layout.hosts.items():
            self.inventory.add_host(name)
            for variable, value in variables.items():
                self.inventory.set_variable(name, variable, value)
            self.inventory.set_variable(name, 'cairn_inventory_revision', revision)
        for name, group in layout.groups.items():
            for host in group['hosts']:
                self.inventory.add_child(name, host)
        for name in layout.hosts:
            self._construct(name)

    def _construct(self, name):
        host, strict = self.inventory.get_host(name), self.get_option('strict')
        variables = combine_vars(get_group_vars(host.get_groups()), host.get_vars())
        self._set_composite_vars(self.get_option('compose'), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option('groups'), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option('keyed_groups'), variables, name, strict=strict)
