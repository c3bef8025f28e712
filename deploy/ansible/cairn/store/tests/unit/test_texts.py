# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers
"""What the collection computes by itself, without a cluster: python3 tests/unit/test_texts.py, in a checkout of Cairn."""

from __future__ import annotations

import os
import random
import sys
import unittest

COLLECTION = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [
    os.path.join(COLLECTION, 'plugins', 'module_utils'),
    os.path.join(COLLECTION, '..', '..', '..', 'verify'),
]

import cairn_changes  # noqa: E402
import changes  # noqa: E402
import inventory  # noqa: E402

SEED = int(os.environ.get('SEED', random.randrange(1 << 32)))
RUNS = 500
DAY = 86400
GOVERNANCE = '''cairn-governance-1
person alice roles ops
key alice ssh-ed25519 AAAA
node web1
guard registry threshold 2 people alice,bob roles - author counts keys any valid 604800
open prefix scratch/
guard prefix prod/ threshold 1 people - roles ops author excluded keys ssh-ed25519 valid 7200
guard prefix prod/a%20b/ threshold 1 people alice roles - author counts keys any valid 100
'''


class ChangesTest(unittest.TestCase):
    """The text of a change is one that the second reader of such texts takes, too."""

    def random_text(self, chance):
        keys = {bytes(chance.randrange(256) for dummy in range(chance.randint(1, 8))) for dummy in range(chance.randint(1, 9))}
        operations = {key: chance.choice([None, chance.randbytes(chance.randint(0, 9))]) for key in keys}
        now = chance.randrange(1 << 33)
        reason = ''.join(chance.choice('aé漢😀.\u3000\u00ad') for dummy in range(chance.randint(0, 9)))
        head = {'chain': 'ab' * 32, 'base': 7, 'valid_from': now, 'expires': now + 1, 'author': 'alice', 'reason': reason}
        expected = {key: chance.choice([0, 5]) for key in keys}
        return reason, lambda: changes.print_change(head, expected, operations)

    def test_texts_are_in_their_one_spelling(self):
        chance = random.Random(SEED)
        taken = 0
        for dummy in range(RUNS):
            reason, text = self.random_text(chance)
            with self.subTest(seed=SEED, reason=reason):
                if reason and not any(map(cairn_changes.is_hidden, reason)):
                    taken += 1
                    self.assertEqual(changes.sha256(text()), cairn_changes.read_text(text()))
                else:
                    self.assertRaises(changes.ChangeError, text)
        self.assertGreater(taken, RUNS // 20, 'seed %d' % SEED)

    def test_the_longest_prefix_decides(self):
        governance = changes.Governance(GOVERNANCE)
        self.assertEqual({'alice', 'web1'}, governance.principals)

        def scopes(*keys):
            return [guard['scope'] for guard in governance.guards(keys)]

        self.assertEqual(['registry'], scopes(b'other'))
        self.assertEqual([], scopes(b'scratch/x'))
        self.assertEqual(['prod/', 'registry'], scopes(b'prod/x', b'x', b'scratch/x'))
        self.assertEqual(['prod/a%20b/'], scopes(b'prod/a b/c'))

    def test_a_change_is_valid_no_longer_than_guards_allow(self):
        def span(seconds, *valid):
            start, end = changes.validity(1000000, seconds, [{'valid_seconds': each} for each in valid])
            return start - 1000000, end - 1000000

        self.assertEqual((-60, DAY), span(None))
        self.assertEqual((-60, 7140), span(None, 7200, 604800))
        self.assertEqual((0, 100), span(None, 100))
        self.assertEqual((-10, 90), span(90, 100))
        self.assertRaises(changes.ChangeError, span, 101, 100)
        self.assertRaises(changes.ChangeError, span, 604801)

    def test_a_draft_with_other_times_does_the_same(self):
        head = {'chain': 'ab' * 32, 'base': 7, 'valid_from': 5, 'expires': 9, 'author': 'alice', 'reason': 'x'}
        one = changes.print_change(head, {b'k': 0}, {b'k': b'v'})
        later = changes.print_change(dict(head, base=8, valid_from=6, expires=10), {b'k': 0}, {b'k': b'v'})
        self.assertTrue(changes.does_the_same(one, later))
        self.assertFalse(changes.does_the_same(one, changes.print_change(head, {b'k': 3}, {b'k': b'v'})))
        self.assertFalse(changes.does_the_same(one, changes.print_change(dict(head, reason='y'), {b'k': 0}, {b'k': b'v'})))


class InventoryTest(unittest.TestCase):
    GOOD = {
        '/i/hosts/web1/vars': {'zone': 'north'},
        '/i/hosts/web2/vars': None,
        '/i/groups/web/hosts': ['web1', 'web2'],
        '/i/groups/all_web/children': ['web'],
        '/i/groups/all/vars': {'x': 1},
    }

    def read(self, **more):
        return inventory.Layout('/i/', dict(self.GOOD, **{'/i/' + key: value for key, value in more.items()}), lambda value: value)

    def test_what_fits_together(self):
        found = self.read()
        self.assertEqual({'web1': {'zone': 'north'}, 'web2': {}}, found.hosts)
        self.assertEqual({'hosts': ['web1', 'web2'], 'children': [], 'vars': {}}, found.groups['web'])

    def test_whatever_else_is_there_is_refused(self):
        for key, value in (
            ('hosts/web3', {}),
            ('hosts/web3/vars/x', {}),
            ('hosts/web3/var', {}),
            ('hosts//vars', {}),
            ('hosts/-x/vars', {}),
            ('host/web3/vars', {}),
            ('groups/web/host', []),
            ('groups/we-b/hosts', []),
            ('groups/web/vars', []),
            ('groups/web/vars', {'a-b': 1}),
            ('groups/web/vars', {1: 1}),
            ('groups/web/hosts', {'web1': 1}),
            ('groups/web/hosts', ['web1', 'web9']),
            ('groups/web/hosts', [1]),
            ('groups/web/children', ['nobody']),
            ('groups/web/children', ['all_web']),
            ('groups/web/children', ['web']),
            ('groups/web1/vars', {}),
            ('', {}),
        ):
            with self.subTest(key=key, value=value):
                self.assertRaises(inventory.InventoryError, self.read, **{key: value})


if __name__ == '__main__':
    unittest.main()
