# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  socket:
    description:
      - The Unix socket of the Cairn agent.
    type: path
    default: /run/cairn/agent.sock
  timeout:
    description:
      - How many seconds to wait for an answer. The agent gives up earlier by itself; see C(timeout-millis) of its configuration.
    type: int
    default: 30
"""

    # Options that plugins of the controller also take from elsewhere.
    PLUGIN = r"""
options:
  socket:
    description:
      - The Unix socket of the Cairn agent on the machine where Ansible runs.
    type: path
    default: /run/cairn/agent.sock
    env:
      - name: CAIRN_AGENT_SOCKET
    ini:
      - section: cairn
        key: socket
    vars:
      - name: cairn_socket
  timeout:
    description:
      - How many seconds to wait for an answer. The agent gives up earlier by itself; see C(timeout-millis) of its configuration.
    type: int
    default: 30
"""
