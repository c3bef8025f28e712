# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers
"""One revision for all lookups of a run, whichever process of it makes them."""

from __future__ import annotations

import hashlib
import os

from ansible import constants as C


class Pin:
    """
    A file in the directory that Ansible makes for each run, hands on to its workers and removes in the end. It is there with
    its whole content or not at all.
    """

    def __init__(self, socket):
        name = hashlib.sha256(os.path.realpath(socket).encode('utf-8', 'surrogateescape')).hexdigest()
        self.path = os.path.join(C.DEFAULT_LOCAL_TMP, 'cairn-revision-' + name[:16])

    def get(self):
        """The revision, or None before the first lookup."""
        try:
            with open(self.path, encoding='ascii') as pinned:
                return int(pinned.read())
        except FileNotFoundError:
            return None

    def settle(self, revision):
        """Pins the revision unless another worker was first; the one that is pinned."""
        draft = '%s.%d' % (self.path, os.getpid())
        with open(draft, 'w', encoding='ascii') as file:
            file.write(str(revision))
        try:
            os.link(draft, self.path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
        return self.get()
