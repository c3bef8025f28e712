#!/usr/bin/env python3
"""Checks what a Cairn replica answers, without trusting it: certificates, headers and proofs.

It follows docs/proofs.md and docs/state-encoding.md and shares no code with the Java verifier, whose verdicts it is held
against. It needs nothing but Python 3.9's standard library.
"""

import argparse
import hashlib
import json
import struct
import sys

sys.setrecursionlimit(5000)  # a state tree is at most 512 deep

SUITE = 1
MAX_DEPTH = 512
MAX_NESTING = 16
MAX_HISTORY = 1 << 62
UNLIMITED = (1 << 63) - 1

ERRORS = [
    None, "KEY_NOT_PROVIDED", "KEY_NOT_FOUND", "VALUE_PROVIDED", "LEASE_PROVIDED", "LEASE_NOT_FOUND", "TOO_MANY_OPS",
    "DUPLICATE_KEY", "COMPACTED", "FUTURE_REVISION", "TOO_COSTLY", "KEY_TOO_NESTED", "MALFORMED", "DUPLICATE_REQUEST",
    "NO_SESSION", "NO_SPACE", "GUARDED", "INVALID_CHANGE", "BAD_SIGNATURE", "UNKNOWN_CHANGE", "TOO_MANY_CHANGES",
    "KEPT_REVISION", "SIGNER_REFUSED", "WRITE_OUT_OF_TIME", "WRITE_SUPERSEDED",
    "LEASE_EXISTS", "LEASE_TTL_TOO_LARGE", "LEASE_ON_GUARDED",
]


class Refused(Exception):
    """The bytes prove nothing. `reason` is one of docs/proofs.md."""

    def __init__(self, reason, detail):
        super().__init__(reason + ": " + detail)
        self.reason = reason


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u8(n):
    return struct.pack(">B", n)


def u32(n):
    return struct.pack(">I", n & 0xFFFFFFFF)


def u64(n):
    return struct.pack(">Q", n & 0xFFFFFFFFFFFFFFFF)


def sized(data):
    return u32(len(data)) + data


class Reader:
    """Consecutive fields; numbers are signed, for those that may not be negative are refused where they are."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def raw(self, count):
        if count < 0 or count > len(self.data) - self.at:
            raise Refused("MALFORMED", "the bytes end within a field")
        self.at += count
        return self.data[self.at - count : self.at]

    def u8(self):
        return self.raw(1)[0]

    def flag(self):
        flag = self.u8()
        if flag > 1:
            raise Refused("MALFORMED", "a flag is 0 or 1")
        return flag == 1

    def i32(self):
        return struct.unpack(">i", self.raw(4))[0]

    def i64(self):
        return struct.unpack(">q", self.raw(8))[0]

    def digest(self):
        return self.raw(32)

    def digests(self, count):
        return [self.digest() for _ in range(count)]

    def sized(self):
        return self.raw(self.i32())

    def count(self):
        count = self.i32()
        if count < 0 or count > len(self.data) - self.at:
            raise Refused("MALFORMED", "the bytes end before so many things")
        return count

    def at_end(self):
        return self.at == len(self.data)

    def require_end(self):
        if not self.at_end():
            raise Refused("MALFORMED", "bytes behind the end")


# RFC 6962 trees.


def merkle_leaf(content):
    return sha256(b"\x00", content)


def merkle_node(left, right):
    return sha256(b"\x01", left, right)


class Frontier:
    """A tree by the roots of its complete subtrees, largest first."""

    def __init__(self, size, peaks):
        self.size = size
        self.peaks = list(peaks)

    def add(self, levels, subtree):
        """Appends a complete subtree of 2^levels leaves."""
        bits = self.size >> levels
        while bits & 1:
            subtree = merkle_node(self.peaks.pop(), subtree)
            bits >>= 1
        self.peaks.append(subtree)
        self.size += 1 << levels

    def root(self):
        if not self.peaks:
            return sha256()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = merkle_node(peak, root)
        return root


def next_levels(size, end):
    """How many levels the complete subtree has that comes next at `size`, on the way to `end` leaves."""
    most = (end - size).bit_length() - 1
    return most if size == 0 else min((size & -size).bit_length() - 1, most)


def siblings_on_path(index, size):
    """For each sibling on the path of a leaf, from the leaf upward: whether it lies on the left."""
    sides = []
    last = size - 1
    while last > 0:
        if index & 1:
            sides.append(True)
        elif index < last:
            sides.append(False)
        index >>= 1
        last >>= 1
    return sides


def path_root(index, size, path, content):
    root = merkle_leaf(content)
    for left, sibling in zip(siblings_on_path(index, size), path):
        root = merkle_node(sibling, root) if left else merkle_node(root, sibling)
    return root


# Versions and leaves.


class Version:
    def __init__(self, tree_key, mod, sub, live, create, version, lease, value, value_digest):
        self.tree_key = tree_key
        self.mod, self.sub, self.live = mod, sub, live
        self.create, self.version, self.lease = create, version, lease
        self.value = value
        self.value_digest = value_digest
        self.digest = sha256(
            b"\x21", u8(SUITE), sized(tree_key), u64(mod), u32(sub), u64(create), u64(version), u64(lease),
            u8(1 if live else 0), value_digest,
        )

    @staticmethod
    def read(tree_key, data):
        mod, sub, kind = data.i64(), data.i32(), data.u8()
        if kind == 0:
            return Version(tree_key, mod, sub, False, 0, 0, 0, None, sha256())
        if kind not in (1, 2):
            raise Refused("MALFORMED", "no version is of this kind")
        create, version, lease = data.i64(), data.i64(), data.i64()
        value = data.sized() if kind == 1 else None
        digest = sha256(value) if kind == 1 else data.digest()
        return Version(tree_key, mod, sub, True, create, version, lease, value, digest)

    def show(self):
        shown = {"key": self.tree_key[1:].hex(), "mod": self.mod, "sub": self.sub}
        if self.live:
            shown.update(create=self.create, version=self.version, lease=self.lease)
            if self.value is None:
                shown["valueDigest"] = self.value_digest.hex()
            else:
                shown["value"] = self.value.hex()
        return shown


def require_value(version, wanted):
    if version.live and (version.value is not None) != wanted:
        if wanted:
            raise Refused("INCOMPLETE", "a value is missing")
        raise Refused("SURPLUS", "a value was not asked for")


class Leaf:
    """Some consecutive versions of a key, and what stands for the others."""

    def __init__(self, data):
        self.key = data.sized()
        history_size = data.i64()
        self.first = data.i64()
        if self.first < 0 or self.first > history_size or history_size >= MAX_HISTORY:
            raise Refused("MALFORMED", "a version outside its history")
        history = Frontier(self.first, data.digests(bin(self.first).count("1")))
        count = data.i32()
        if count < 1 or count - 1 > history_size - self.first:
            raise Refused("MALFORMED", "not so many versions")
        self.versions = [Version.read(self.key, data) for _ in range(count)]
        self.left_out = self.first + count <= history_size
        for version in self.versions if self.left_out else self.versions[:-1]:
            history.add(0, merkle_leaf(version.digest))
        if self.left_out:
            while history.size < history_size:
                history.add(next_levels(history.size, history_size), data.digest())
            newest, self.max_mod, self.live = data.digest(), data.i64(), 1 if data.flag() else 0
        else:
            last = self.versions[-1]
            newest, self.max_mod, self.live = last.digest, last.mod, 1 if last.live else 0
        self.hash = sha256(b"\x20", u8(SUITE), newest, u64(history_size), history.root())

    def newest_alone(self):
        if self.left_out:
            raise Refused("INCOMPLETE", "the newest version is missing")
        if len(self.versions) > 1:
            raise Refused("SURPLUS", "old versions are given")
        return self.versions[0]

    def window(self, after, through):
        """The version before the window if there is one, and those within; all neighbours must be there."""
        given = list(self.versions)
        before = None
        if given[0].mod <= after:
            before = given.pop(0)
        elif self.first > 0:
            raise Refused("INCOMPLETE", "earlier versions are missing")
        if given and given[-1].mod > through:
            require_value(given.pop(), False)
        elif self.left_out:
            raise Refused("INCOMPLETE", "later versions are missing")
        if any(v.mod <= after or v.mod > through for v in given):
            raise Refused("SURPLUS", "versions outside the window")
        return before, given


class Hidden:
    def __init__(self, data):
        self.hash, self.max_mod, self.live = data.digest(), data.i64(), data.i64()


class Inner:
    def __init__(self, data, depth):
        self.crit_bit = data.i32()
        self.children = [read_node(data, depth + 1), read_node(data, depth + 1)]


def read_node(data, depth):
    if depth > MAX_DEPTH:
        raise Refused("MALFORMED", "the tree is too deep")
    kind = data.u8()
    if kind == 0:
        return Hidden(data)
    if kind == 1:
        return Inner(data, depth)
    if kind == 2:
        return Leaf(data)
    raise Refused("MALFORMED", "no node is of this kind")


def read_tree(proof):
    data = Reader(proof)
    if data.u8() != 2:
        raise Refused("MALFORMED", "not of format 2")
    tree = None if data.at_end() else read_node(data, 0)
    data.require_end()
    return tree


# Keys as bit strings.


def bit(key, position):
    index, within = divmod(position, 9)
    if index >= len(key):
        return 0
    return 1 if within == 0 else (key[index] >> (8 - within)) & 1


def first_difference(a, b):
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return i * 9 + 9 - (x ^ y).bit_length()
    return None if len(a) == len(b) else min(len(a), len(b)) * 9


BELOW, FROM, CUT = "below", "from", "cut"


def order(key, crit_bit, side, bound):
    """Where the keys lie that begin as `key` does before `crit_bit` and have `side` there: all below `bound`, all at or
    above it, or neither."""
    parts = first_difference(key, bound)
    if parts is not None and parts < crit_bit:
        return FROM if bit(bound, parts) == 0 else BELOW
    bound_bit = bit(bound, crit_bit)
    if side != bound_bit:
        return FROM if bound_bit == 0 else BELOW
    rest_is_zero = all(bit(bound, at) == 0 for at in range(crit_bit + 1, 9 * len(bound)))
    return FROM if rest_is_zero else CUT


def place(key, crit_bit, side, span):
    low = order(key, crit_bit, side, span[0])
    high = order(key, crit_bit, side, span[1])
    if low == BELOW or high == FROM:
        return "outside"
    return "within" if low == FROM and high == BELOW else "cut"


# The first byte of a tree key says in which space it lies.
SPACES = {"clients": 1, "ledger": 2}


def tree_key(question, key):
    return u8(SPACES[question.get("space", "clients")]) + bytes.fromhex(key)


def tree_span(question):
    until = question["until"]
    end = u8(SPACES[question.get("space", "clients")] + 1) if until is None else tree_key(question, until)
    return tree_key(question, question["from"]), end


# What a question needs to see of the tree.


class Current:
    def __init__(self, span, limit, keys_only):
        self.span, self.limit, self.keys_only = span, limit, keys_only

    def wants(self, node, within, entries):
        return node.live > 0 and (not within or entries < self.limit)

    def check(self, leaf, entries):
        version = leaf.newest_alone()
        require_value(version, not self.keys_only)
        return version


class Past:
    def __init__(self, span, limit, revision, keys_only):
        self.span, self.limit, self.revision, self.keys_only = span, limit, revision, keys_only

    def wants(self, node, within, entries):
        return entries <= self.limit

    def check(self, leaf, entries):
        before, _ = leaf.window(self.revision, self.revision)
        if before is not None:
            require_value(before, not self.keys_only and entries < self.limit)
        return before if before is not None and before.live else None


class Changed:
    def __init__(self, span, after, through, previous_values):
        self.span, self.after, self.through, self.previous_values = span, after, through, previous_values
        self.events = []

    def wants(self, node, within, entries):
        return node.max_mod > self.after

    def check(self, leaf, entries):
        before, within = leaf.window(self.after, self.through)
        if before is not None:
            require_value(before, self.previous_values)
        for change in within:
            require_value(change, True)
            self.events.append((change, before if before is not None and before.live else None))
            before = change
        return None


class Walk:
    """Checks a tree against a root and a selection, in key order."""

    def __init__(self, selection):
        self.selection = selection
        self.entries = []
        self.entries_before = [0]  # before each leaf that is shown, and before the next one
        self.live = 0

    def run(self, tree, root):
        found = sha256(b"\x23", u8(SUITE))
        if tree is not None:
            self.visit(tree)
            found = tree.hash
        if found != root:
            raise Refused("WRONG_ROOT", "the root is another one")
        if tree is not None and len(self.entries_before) == 1:
            raise Refused("INCOMPLETE", "no leaf is shown")

    def visit(self, node):
        """Returns the key of a leaf shown below, and the node's critical bit; None for what there is not."""
        if isinstance(node, Hidden):
            return None, None
        if isinstance(node, Leaf):
            self.leaf(node)
            return node.key, None
        return self.inner(node)

    def leaf(self, leaf):
        low, high = self.selection.span
        inside = low <= leaf.key < high
        if inside:
            self.live += leaf.live
        if inside and self.selection.wants(leaf, True, len(self.entries)):
            entry = self.selection.check(leaf, len(self.entries))
            if entry is not None:
                self.entries.append(entry)
        else:
            require_value(leaf.newest_alone(), False)
        self.entries_before.append(len(self.entries))

    def inner(self, node):
        shown, before = [], []
        for child in node.children:
            before.append(len(self.entries_before) - 1)
            key, crit_bit = self.visit(child)
            shown.append(key)
            if node.crit_bit < 0 or (crit_bit is not None and crit_bit <= node.crit_bit):
                raise Refused("CONTRADICTION", "critical bits do not ascend")
        for side in 0, 1:
            if shown[side] is not None and bit(shown[side], node.crit_bit) != side:
                raise Refused("CONTRADICTION", "a key lies on the wrong side")
        if shown == [None, None]:
            raise Refused("INCOMPLETE", "a branch shows no leaf below it")
        if None not in shown and first_difference(*shown) != node.crit_bit:
            raise Refused("CONTRADICTION", "the keys do not part there")
        key = shown[0] if shown[0] is not None else shown[1]
        self.require_selected(node, key, shown, before)
        left, right = node.children
        node.hash = sha256(
            b"\x22", u8(SUITE), u32(node.crit_bit),
            left.hash, u64(left.max_mod), u64(left.live), right.hash, u64(right.max_mod), u64(right.live),
        )
        node.max_mod = max(left.max_mod, right.max_mod)
        node.live = left.live + right.live
        return key, node.crit_bit

    def require_selected(self, node, key, shown, before):
        places = [place(key, node.crit_bit, side, self.selection.span) for side in (0, 1)]
        opens = [
            places[side] != "outside"
            and self.selection.wants(
                node.children[side], places[side] == "within", self.entries_before[before[side]])
            for side in (0, 1)
        ]
        opens[0] = opens[0] or not opens[1]
        for side in 0, 1:
            if opens[side] and shown[side] is None:
                raise Refused("INCOMPLETE", "a subtree is hidden that the answer needs")
            if not opens[side] and shown[side] is not None:
                raise Refused("SURPLUS", "a subtree is shown that the answer does not need")
            if shown[side] is None and places[side] == "within":
                self.live += node.children[side].live


# Questions.


def require_known(revision, header):
    if revision > header["lastRevision"]:
        raise Refused("FUTURE_REVISION", "the header is older")
    if revision < header["compactRevision"]:
        raise Refused("COMPACTED", "the revision is below the compact one")


def page(header, span, limit, revision, keys_only, proof):
    if revision == 0:
        selection = Current(span, limit, keys_only)
    else:
        require_known(revision, header)
        selection = Past(span, limit, revision, keys_only)
    walk = Walk(selection)
    walk.run(read_tree(proof), header["stateRoot"])
    more = len(walk.entries) > limit or (revision == 0 and walk.live > len(walk.entries))
    return [v.show() for v in walk.entries[:limit]], more, walk.live if revision == 0 else None


def answer_get(header, question, proof):
    key = tree_key(question, question["key"])
    versions, _, _ = page(header, (key, key + b"\x00"), 1, question["revision"], False, proof)
    return {"found": versions[0] if versions else None}


def answer_range(header, question, proof):
    limit = question["limit"] or UNLIMITED
    versions, more, count = page(
        header, tree_span(question), limit, question["revision"], question["keysOnly"], proof)
    return {"versions": versions, "more": more, "count": count}


def answer_count(header, question, proof):
    walk = Walk(Current(tree_span(question), 0, True))
    walk.run(read_tree(proof), header["stateRoot"])
    return {"keys": walk.live}


def answer_changes(header, question, proof):
    through = question["through"] or header["lastRevision"]
    require_known(question["after"], header)
    require_known(through, header)
    selection = Changed(tree_span(question), question["after"], through, question["previousValues"])
    Walk(selection).run(read_tree(proof), header["stateRoot"])
    events = sorted(selection.events, key=lambda event: (event[0].mod, event[0].sub))
    return {
        "events": [{"change": c.show(), "previous": p.show() if p else None} for c, p in events],
        "through": through,
    }


class Result:
    """A request's result: what is shown, the bytes under its hash, and the versions it names."""

    def __init__(self, data):
        self.hashed = bytearray()
        self.versions = []
        kind = data.u8()
        self.hashed += u8(kind)
        if kind == 1:
            self.shown = {"executed": self.outcomes(data, 0)}
        elif kind == 2:
            self.shown = {"refused": self.error(data)}
        else:
            raise Refused("MALFORMED", "no result is of this kind")

    def outcomes(self, data, depth):
        if depth > MAX_NESTING:
            raise Refused("MALFORMED", "transactions are nested too deep")
        count = data.count()
        self.hashed += u32(count)
        return [self.outcome(data, depth) for _ in range(count)]

    def outcome(self, data, depth):
        kind = data.u8()
        revision = data.i64()
        self.hashed += u8(kind) + u64(revision)
        shown = {"kind": kind, "revision": revision}
        if kind == 1:
            shown["previous"] = self.named(data)
            if len(shown["previous"]) > 1:
                raise Refused("MALFORMED", "a put replaces one version at most")
        elif kind == 2:
            shown["count"] = self.number(data)
            shown["previous"] = self.named(data)
        elif kind == 3:
            shown["more"] = self.flag(data)
            shown["count"] = self.number(data)
            shown["versions"] = self.named(data)
        elif kind == 4:
            shown["succeeded"] = self.flag(data)
            shown["responses"] = self.outcomes(data, depth + 1)
        elif kind == 7:
            shown["error"] = self.error(data)
        elif kind == 8:
            self.change(data, shown)
        elif kind == 12:
            shown["lease"] = self.number(data)
            shown["ttl"] = self.number(data)
        elif kind == 14:
            count = data.count()
            self.hashed += u32(count)
            shown["ttls"] = [self.number(data) for _ in range(count)]
        elif kind not in (5, 6, 13):
            raise Refused("MALFORMED", "no outcome is of this kind")
        return shown

    def change(self, data, shown):
        digest, standing, detail = data.digest(), data.u8(), data.sized()
        if not 1 <= standing <= 5:
            raise Refused("MALFORMED", "no change stands at this number")
        self.hashed += digest + u8(standing) + u32(len(detail)) + detail
        shown.update(change=digest.hex(), standing=standing, detail=detail.hex())

    def number(self, data):
        number = data.i64()
        self.hashed += u64(number)
        return number

    def flag(self, data):
        flag = data.flag()
        self.hashed += u8(1 if flag else 0)
        return flag

    def error(self, data):
        code = data.i32()
        if not 0 < code < len(ERRORS):
            raise Refused("MALFORMED", "no error has this number")
        self.hashed += u32(code)
        return ERRORS[code]

    def named(self, data):
        count = data.count()
        self.hashed += u32(count)
        versions = [Version.read(data.sized(), data) for _ in range(count)]
        for version in versions:
            self.hashed += version.digest
        self.versions += versions
        return [version.show() for version in versions]


def answer_receipt(header, question, proof):
    data = Reader(proof)
    if data.u8() != 3:
        raise Refused("MALFORMED", "not of format 3")
    index, size = data.i64(), data.i64()
    if index < 0 or index >= size:
        raise Refused("MALFORMED", "no such request")
    siblings = len(siblings_on_path(index, size))
    request_path, result_path = data.digests(siblings), data.digests(siblings)
    result = Result(data)
    data.require_end()
    if path_root(index, size, request_path, bytes.fromhex(question["request"])) != header["requestsRoot"]:
        raise Refused("WRONG_ROOT", "the request is not in the block")
    digest = sha256(
        b"\x24", u8(SUITE), u32(question["client"]), u64(question["session"]), u64(question["sequence"]),
        bytes(result.hashed),
    )
    if path_root(index, size, result_path, digest) != header["resultsRoot"]:
        raise Refused("WRONG_ROOT", "the result is not the block's")
    for version in result.versions:
        require_value(version, question["values"])
    return {"result": result.shown}


ANSWERS = {
    "get": answer_get, "range": answer_range, "count": answer_count, "changes": answer_changes,
    "receipt": answer_receipt,
}


def verdict(header, question, proof):
    """{"proven": answer} or {"refused": reason}."""
    try:
        return {"proven": ANSWERS[question["kind"]](header, question, proof)}
    except Refused as refused:
        return {"refused": refused.reason}


# Headers and certificates.

HEADER_FIELDS = [
    ("format", "I"), ("chainId", "32s"), ("epoch", "q"), ("height", "q"), ("parent", "32s"), ("timeNanos", "q"),
    ("requestsRoot", "32s"), ("firstRevision", "q"), ("lastRevision", "q"), ("compactRevision", "q"),
    ("resultsRoot", "32s"), ("eventsRoot", "32s"), ("stateRoot", "32s"), ("historyRoot", "32s"),
    ("validators", "32s"), ("nextValidators", "32s"), ("parameters", "32s"), ("applicationVersion", "I"),
]
HEADER_LAYOUT = struct.Struct(">BB" + "".join(layout for _, layout in HEADER_FIELDS))


def read_header(data):
    if len(data) != HEADER_LAYOUT.size or data[0] != 0x30 or data[1] != SUITE:
        raise Refused("MALFORMED", "not a header of suite 1")
    header = dict(zip((name for name, _ in HEADER_FIELDS), HEADER_LAYOUT.unpack(data)[2:]))
    header["hash"] = sha256(data)
    return header


def validators_digest(keys):
    return sha256(b"\x35", u8(SUITE), u32(len(keys)), *map(sized, keys))


def parameters_digest(parameters):
    """Of the parameters as genesis.json has them."""
    return sha256(
        b"\x36", u8(SUITE), u32(parameters["window"]), u32(parameters["checkpointInterval"]),
        u32(parameters["maxBlockBytes"]), u32(parameters["batchBytes"]), u64(parameters["maxFutureNanos"]),
        u64(parameters["maxPastNanos"]),
    )


def check_header(header, chain_id, keys, parameters):
    """That the header is under the rules, and of the validators, that the genesis document gives: there are no others yet."""
    expected = {
        "chainId": (chain_id, "of another chain"),
        "format": (1, "of another format"),
        "epoch": (0, "of a later epoch"),
        "validators": (validators_digest(keys), "of other validators"),
        "nextValidators": (validators_digest(keys), "followed by other validators"),
        "parameters": (parameters, "under other parameters"),
    }
    for field, (value, otherwise) in expected.items():
        if header[field] != value:
            raise Refused("CERTIFICATE", "the header is " + otherwise)


def check_certificate(header, certificate, chain_id, keys, parameters):
    """That a quorum of the validators committed the header. `keys` are theirs, in the order of their ids."""
    check_header(header, chain_id, keys, parameters)
    data = Reader(certificate)
    phase, epoch, view, height, block = data.u8(), data.i64(), data.i64(), data.i64(), data.digest()
    votes = []
    for _ in range(data.count()):
        votes.append((data.i32(), data.sized()))
    data.require_end()
    if phase != 3:
        raise Refused("CERTIFICATE", "its votes are no commits")
    if (epoch, height, block) != (header["epoch"], header["height"], header["hash"]) or view < 0:
        raise Refused("CERTIFICATE", "it is of another block")
    n = len(keys)
    quorum = (n + (n - 1) // 3 + 2) // 2
    voters = [voter for voter, _ in votes]
    if len(set(voters)) != len(voters):
        raise Refused("CERTIFICATE", "somebody votes twice")
    if any(voter < 0 or voter >= n for voter in voters):
        raise Refused("CERTIFICATE", "somebody votes who is no validator")
    if len(votes) < quorum:
        raise Refused("CERTIFICATE", "%d votes are no quorum of %d" % (len(votes), n))
    statement = b"\x32" + u8(SUITE) + u8(3) + chain_id + u64(epoch) + u64(view) + u64(height) + block
    for voter, signature in votes:
        if not ed25519_verify(keys[voter], statement, signature):
            raise Refused("CERTIFICATE", "the signature of %d does not hold" % voter)
    return sorted(voters)


# Ed25519 (RFC 8032) by the rule of bft-core/codec Ed25519: keys in the prime-order subgroup, canonical encodings, R not of
# small order, S below the order, the equation without the cofactor. Not constant-time: it handles no secrets.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_mul(n, p):
    q = NEUTRAL
    while n:
        if n & 1:
            q = point_add(q, p)
        p = point_add(p, p)
        n >>= 1
    return q


def point_encode(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def point_decode(encoded):
    """The point, or None if the encoding is not the canonical one of a point."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def is_neutral(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = point_decode(key), point_decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    if is_neutral(a) or not is_neutral(point_mul(L, a)) or is_neutral(point_mul(8, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return point_encode(point_add(point_mul(s, BASE), point_mul(k, minus_a))) == signature[:32]


# The command.


def check_vectors(arguments):
    with open(arguments.file) as source:
        vectors = json.load(source)
    keys = [bytes.fromhex(key) for key in vectors["validators"]]
    chain_id = bytes.fromhex(vectors["chainId"])
    parameters = bytes.fromhex(vectors["parameters"])
    headers = {name: read_header(bytes.fromhex(data)) for name, data in vectors["headers"].items()}
    failures = 0
    for vector in vectors["proofs"]:
        found = verdict(headers[vector["header"]], vector["question"], bytes.fromhex(vector["proof"]))
        if found != vector["verdict"]:
            failures += 1
            print("%s: expected %s, found %s" % (vector["name"], vector["verdict"], found))
    for vector in vectors["certificates"]:
        try:
            certificate = bytes.fromhex(vector["certificate"])
            check_certificate(headers[vector["header"]], certificate, chain_id, keys, parameters)
            valid, why = True, "it holds"
        except Refused as refused:
            valid, why = False, str(refused)
        if valid != vector["valid"]:
            failures += 1
            print("certificate %s: expected %s, but %s" % (vector["name"], vector["valid"], why))
    total = len(vectors["proofs"]) + len(vectors["certificates"])
    print("%d vectors, %d failures" % (total, failures))
    return failures == 0 and total > 0


def check_mutants(arguments):
    with open(arguments.vectors) as source:
        vectors = json.load(source)
    headers = {name: read_header(bytes.fromhex(data)) for name, data in vectors["headers"].items()}
    total, proven, disagreements = 0, 0, 0
    with open(arguments.file) as source:
        for line in source:
            mutant = json.loads(line)
            found = verdict(headers[mutant["header"]], mutant["question"], bytes.fromhex(mutant["proof"]))
            total += 1
            proven += "proven" in found
            if found != mutant["verdict"]:
                disagreements += 1
                if disagreements <= 10:
                    print("line %d: Java says %s, this says %s" % (total, mutant["verdict"], found))
    print("%d mutants, of which %d prove something; %d disagreements" % (total, proven, disagreements))
    return disagreements == 0 and total >= arguments.at_least


def check_answer(document, header, certificate, question, proof):
    """An answer under a header that the replicas of the genesis document have certified."""
    genesis = json.loads(document)
    keys = [bytes.fromhex(replica["voteKey"]) for replica in genesis["replicas"]]
    header = read_header(header)
    parameters = parameters_digest(genesis["parameters"])
    signers = check_certificate(header, certificate, sha256(document), keys, parameters)
    found = verdict(header, question, proof)
    found.update(height=header["height"], timeNanos=header["timeNanos"], signers=signers)
    return found


def check_one(arguments):
    with open(arguments.genesis, "rb") as source:
        document = source.read()
    found = check_answer(
        document, bytes.fromhex(arguments.header), bytes.fromhex(arguments.certificate),
        json.loads(arguments.question), bytes.fromhex(arguments.proof))
    print(json.dumps(found))
    return "proven" in found


# Saved proofs.

SAVED = b"cairn-proof-1\n"
EXIT_CODES = {"PROVEN": 0, "BAD_FILE": 3, "NOT_PROVEN": 4, "OTHER_CHAIN": 5}


def read_saved(file):
    """Header, certificate, question and proof of a file that `cairn proof save` has written."""
    if not file.startswith(SAVED):
        raise Refused("MALFORMED", "it does not begin as a saved proof does")
    data = Reader(file[len(SAVED) :])
    header, certificate, kind = data.sized(), data.sized(), data.u8()
    if kind in (1, 3):
        question = {"kind": "get", "key": data.sized().hex(), "revision": data.i64()}
    elif kind in (2, 4):
        first, until = data.sized(), data.sized() if data.flag() else None
        if until is not None and until <= first:
            raise Refused("MALFORMED", "no key is in the span")
        question = {"kind": "range", "from": first.hex(), "until": None if until is None else until.hex()}
        question.update(limit=data.i64(), revision=data.i64(), keysOnly=data.flag())
    else:
        raise Refused("MALFORMED", "no question is of this kind")
    question["space"] = "ledger" if kind > 2 else "clients"
    if question["revision"] < 0 or question.get("limit", 0) < 0:
        raise Refused("MALFORMED", "neither revisions nor limits are negative")
    proof = data.sized()
    data.require_end()
    return header, certificate, question, proof


def check_saved(document, file):
    """One of EXIT_CODES, and what is proven or why nothing is."""
    try:
        header, certificate, question, proof = read_saved(file)
    except Refused as refused:
        return "BAD_FILE", {"refused": str(refused)}
    try:
        if read_header(header)["chainId"] != sha256(document):
            return "OTHER_CHAIN", {"refused": "the header is of another chain"}
        found = check_answer(document, header, certificate, question, proof)
    except Refused as refused:
        return "NOT_PROVEN", {"refused": str(refused)}
    return "PROVEN" if "proven" in found else "NOT_PROVEN", dict(found, question=question)


def keys_of(found):
    answer = found["proven"]
    versions = answer["versions"] if "versions" in answer else [answer["found"]] if answer["found"] else []
    return [version["key"] for version in versions]


def check_file(arguments):
    with open(arguments.genesis, "rb") as genesis, open(arguments.file, "rb") as saved:
        word, found = check_saved(genesis.read(), saved.read())
    print(json.dumps(found))
    return EXIT_CODES[word]


def check_files(arguments):
    with open(arguments.file) as source:
        vectors = json.load(source)
    failures = 0
    for vector in vectors["files"]:
        word, found = check_saved(vectors["genesis"].encode(), bytes.fromhex(vector["file"]))
        if word != vector["verdict"] or (word == "PROVEN" and keys_of(found) != vector["keys"]):
            failures += 1
            print("%s: expected %s, found %s %s" % (vector["name"], vector["verdict"], word, found))
    total = len(vectors["files"])
    print("%d saved proofs, %d failures" % (total, failures))
    return failures == 0 and total >= arguments.at_least


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    vectors = commands.add_parser("vectors", help="check the test vectors, docs/vectors/proofs.json")
    vectors.add_argument("file")
    vectors.set_defaults(run=check_vectors)
    mutants = commands.add_parser("mutants", help="compare with the verdicts of the Java verifier, one JSON object a line")
    mutants.add_argument("file")
    mutants.add_argument("--vectors", required=True, help="docs/vectors/proofs.json, for the headers")
    mutants.add_argument("--at-least", type=int, default=1, metavar="N", help="fail if there are fewer")
    mutants.set_defaults(run=check_mutants)
    one = commands.add_parser("check", help="check one answer: header, certificate and proof, in hexadecimal digits")
    one.add_argument("--genesis", required=True, help="genesis.json, which you have pinned")
    one.add_argument("--header", required=True)
    one.add_argument("--certificate", required=True)
    one.add_argument("--question", required=True, help="JSON, as in docs/vectors/proofs.json")
    one.add_argument("--proof", required=True)
    one.set_defaults(run=check_one)
    saved = commands.add_parser(
        "file", help="check a file of `cairn proof save`; exit codes 0 proven, 3 no saved proof, 4 not proven, 5 another chain")
    saved.add_argument("--genesis", required=True, help="genesis.json, which you have pinned")
    saved.add_argument("file")
    saved.set_defaults(run=check_file)
    files = commands.add_parser("files", help="check the test vectors of saved proofs, docs/vectors/saved-proofs.json")
    files.add_argument("file")
    files.add_argument("--at-least", type=int, default=1, metavar="N", help="fail if there are fewer")
    files.set_defaults(run=check_files)
    arguments = parser.parse_args()
    try:
        outcome = arguments.run(arguments)
        if isinstance(outcome, bool):
            return 0 if outcome else 1
        return outcome
    except (Refused, OSError, ValueError, KeyError) as error:
        print("refused: %s" % error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
