# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers
"""What keys say of hosts and groups. Whatever is not understood is an error: a host that is left out is left as it was."""

from __future__ import annotations

import re

HOST = re.compile(r'[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})')
GROUP = re.compile(r'[A-Za-z_][A-Za-z0-9_]{0,252}')
VARIABLE = re.compile(r'[A-Za-z_][A-Za-z0-9_]*')


class InventoryError(Exception):
    """The keys are no inventory. The message names the key."""


class Layout:
    """
    Hosts and groups, read from keys and checked as a whole.

    hosts: the variables of each host.
    groups: the hosts, children and vars of each group.
    """

    def __init__(self, prefix, values, parse):
        """values: text by key, of all keys of the prefix. parse: reads YAML."""
        self.prefix, self.hosts, self.groups = prefix, {}, {}
        for key, text in values.items():
            try:
                value = parse(text)
            except Exception as malformed:
                raise InventoryError('%s is no YAML: %s' % (key, malformed)) from malformed
            self._take(key, value)
        self._check()

    def _take(self, key, value):
        kind, name, field = (key[len(self.prefix):].split('/') + ['', ''])[:3]
        known = key == '%s%s/%s/%s' % (self.prefix, kind, name, field)
        if known and kind == 'hosts' and field == 'vars' and HOST.fullmatch(name):
            self.hosts[name] = self._variables(key, value)
        elif known and kind == 'groups' and field in ('hosts', 'children', 'vars') and GROUP.fullmatch(name):
            group = self.groups.setdefault(name, {'hosts': [], 'children': [], 'vars': {}})
            group[field] = self._variables(key, value) if field == 'vars' else self._names(key, value)
        else:
            raise InventoryError(
                '%s is no key of an inventory, which has hosts/NAME/vars and groups/NAME/ with hosts, children or vars' % key
            )

    @staticmethod
    def _variables(key, value):
        value = {} if value is None else value
        if not isinstance(value, dict) or not all(isinstance(name, str) and VARIABLE.fullmatch(name) for name in value):
            raise InventoryError('%s is no mapping of variables\' names to values' % key)
        return value

    @staticmethod
    def _names(key, value):
        value = [] if value is None else value
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise InventoryError('%s is no list of names' % key)
        return value

    def _check(self):
        for name, group in self.groups.items():
            for host in group['hosts']:
                if host not in self.hosts:
                    raise InventoryError('group %s has host %s, which has no %shosts/%s/vars' % (name, host, self.prefix, host))
            for child in group['children']:
                if child not in self.groups:
                    raise InventoryError('group %s has child %s, which is no group' % (name, child))
        for name in set(self.groups) & set(self.hosts):
            raise InventoryError('%s is a host and a group' % name)
        for name in self.groups:
            self._refuse_cycle(name, ())

    def _refuse_cycle(self, name, above):
        if name in above:
            raise InventoryError('group %s is within itself' % name)
        for child in self.groups[name]['children']:
            self._refuse_cycle(child, above + (name,))
