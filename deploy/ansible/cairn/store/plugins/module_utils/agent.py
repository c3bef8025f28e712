# -*- coding: utf-8 -*-
# Copyright (c) 2026 The Cairn maintainers
"""Asks the Cairn agent of this machine over its Unix socket. It proves what it says; nothing is believed that it does not."""

from __future__ import annotations

import base64
import http.client
import json
import socket

from urllib.parse import quote

from ansible.module_utils.common.text.converters import to_text

SOCKET = '/run/cairn/agent.sock'


class AgentError(Exception):
    """There is no answer that is proven. The message is one line that says why."""


class LocalConnection(http.client.HTTPConnection):
    """To a Unix socket. Ansible's open_url does it too, and prepares TLS each time, which takes 20 ms of CPU."""

    def __init__(self, path, timeout):
        super().__init__('agent', timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Agent:
    def __init__(self, path, timeout=30):
        self.socket = path
        self.timeout = timeout

    def get(self, key, **how):
        """The record of a key with what proves it, or that it is proven that there is none."""
        answer = self._ask('/v1/get', dict(how, key=key))
        if not isinstance(answer.get('found'), bool):
            raise AgentError('the agent at %s does not say whether there is %s' % (self.socket, key))
        return answer

    def list(self, prefix, **how):
        """All keys of a prefix, in order, proven to be all."""
        answer = self._ask('/v1/list', dict(how, prefix=prefix))
        if answer.get('more') is not False:
            raise AgentError('there are more keys below %r than one answer holds; name a longer prefix' % prefix)
        return answer

    def status(self):
        return self._ask('/v1/status', {})

    def governance(self, revision):
        """The text that said at that revision who may change what."""
        return self._ask('/v1/governance', {'revision': revision})

    def submit(self, text, signature, values):
        """Hands over a change that its author has signed; what the log did with it, by its receipt."""
        body = {
            'text': to_text(text, errors='surrogate_or_strict'),
            'signature': to_text(signature, errors='surrogate_or_strict'),
            'values': [base64.b64encode(value).decode('ascii') for value in values],
        }
        return self._ask('/v1/changes', {}, json.dumps(body).encode('utf-8'))

    def _ask(self, page, parameters, body=None):
        query = '&'.join('%s=%s' % (name, quote(str(value), safe='')) for name, value in sorted(parameters.items()))
        connection = LocalConnection(self.socket, self.timeout)
        try:
            connection.request('GET' if body is None else 'POST', page + ('?' + query if query else ''), body=body)
            response = connection.getresponse()
            status, answer = response.status, self._read(response.read())
        except (OSError, http.client.HTTPException) as failed:
            raise AgentError(
                'no agent answers at %s: %s; is it running, and is that its socket? Else name it, as CAIRN_AGENT_SOCKET or socket'
                % (self.socket, to_text(failed) or type(failed).__name__)
            ) from failed
        finally:
            connection.close()
        # 404 says of a key that it is proven not to be there.
        if status == 200 or (status == 404 and answer.get('found') is False):
            return answer
        raise AgentError('%s (HTTP %d)' % (answer.get('error', 'no answer'), status))

    def _read(self, raw):
        try:
            answer = json.loads(raw.decode('utf-8'))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise AgentError('what answers at %s is no agent' % self.socket)
        return answer


def value_of(record):
    """The bytes of a record."""
    if 'value_base64' in record:
        return base64.b64decode(record['value_base64'], validate=True)
    return record['value'].encode('utf-8')


def text_of(record):
    """The value as text; an error if it is none."""
    if 'value' not in record:
        raise AgentError('the value of %s is no text; ask for it in base64' % record.get('key', record.get('key_base64')))
    return record['value']


def as_shown(value):
    """Bytes as results have them: text where they are some."""
    try:
        return {'value': value.decode('utf-8')}
    except UnicodeDecodeError:
        return {'value_base64': base64.b64encode(value).decode('ascii')}
