#!/usr/bin/env python3
"""Reads the texts that people sign in Cairn, and the signatures on them, as OpenSSH writes both.

It follows docs/changes.md and shares no code with the Java reader, whose verdicts it is held against. It needs nothing but
Python 3.9's standard library, and cairn_verify.py beside it.
"""

import argparse
import base64
import datetime
import hashlib
import json
import re
import sys

from cairn_verify import ed25519_verify, is_neutral, point_decode, point_mul

MAX_TEXT_BYTES = 1 << 20
MAX_GOVERNANCE_BYTES = 2 << 20
MAX_LINES = 4096
MAX_KEY_BYTES = 4096
MAX_REASON_BYTES = 1024
MAX_VALUES_BYTES = 64 << 20
MAX_NAMED = 256
MAX_HELD = 32
MAX_VALID_SECONDS = 10**12
RIGHTS = ("alarm", "auth", "compact", "import", "move-leader")

HIDDEN = [
    (0x0000, 0x001F), (0x007F, 0x00A0), (0x00AD, 0x00AD), (0x061C, 0x061C), (0x115F, 0x1160), (0x180E, 0x180E),
    (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x3000, 0x3000), (0x3164, 0x3164), (0xD800, 0xF8FF),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFF), (0xE0000, 0x10FFFF),
]


class Refused(Exception):
    """The text is none that can be signed. `reason` is one of docs/changes.md."""

    def __init__(self, reason, detail):
        super().__init__(reason + ": " + detail)
        self.reason = reason


def wrong(detail):
    return Refused("NOT_CANONICAL", detail)


def require(holds, detail, reason="NOT_CANONICAL"):
    if not holds:
        raise Refused(reason, detail)


# Words


def pattern(expression, what):
    compiled = re.compile(expression)

    def read(word):
        require(compiled.fullmatch(word), "%r is no %s" % (word, what))
        return word

    return read


digest_of = pattern("[0-9a-f]{64}", "SHA-256")
name_of = pattern("[a-z0-9][a-z0-9._@-]{0,63}", "principal's name")
role_of = pattern("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?", "role")
number_text = pattern("0|[1-9][0-9]{0,17}", "number")
time_text = pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", "time")


def number_of(word):
    return int(number_text(word))


def time_of(word):
    """A time has one spelling and digits of fixed places, so that texts are in the order of times."""
    fields = [int(field) for field in re.split("[-T:]", time_text(word)[:-1])]
    try:
        datetime.datetime(*fields)
    except ValueError as impossible:
        raise wrong("%s is no time: %s" % (word, impossible)) from None
    require(fields[0] >= 1970, "%s is before 1970" % word)
    return word


def key_of(word):
    """Bytes 0x21 to 0x7e but % for themselves, %XX for all others."""
    require(re.fullmatch("([!-$&-~]|%[0-9A-F]{2})+", word), "%r is no key" % word)
    key = re.sub("%(..)", lambda found: chr(int(found[1], 16)), word).encode("latin-1")
    require(print_key(key) == word and len(key) <= MAX_KEY_BYTES, "%r is no key" % word)
    return key


def print_key(key):
    return "".join(chr(b) if 0x20 < b < 0x7F and b != 0x25 else "%%%02X" % b for b in key)


def lines_of(text, most):
    require(len(text) <= most, "more than %d bytes" % most, "TOO_LARGE")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        raise wrong("no UTF-8") from None
    ends_well = decoded.endswith("\n") and not decoded.endswith("\n\n")
    require(ends_well, "it does not end with the end of its last line", "TRAILING_BYTES")
    return decoded[:-1].split("\n")


class Phrase:
    """The words of one line, from the left."""

    def __init__(self, line):
        self.words = line.split(" ")

    def word(self):
        require(self.words, "a line ends too early")
        return self.words.pop(0)

    def takes(self, word):
        found = self.words[:1] == [word]
        if found:
            self.words.pop(0)
        return found

    def require(self, word):
        require(self.takes(word), "no %r where it should be" % word)

    def items(self, read):
        word = self.word()
        return sorted(set() if word == "-" else {read(item) for item in word.split(",")})

    def end(self):
        require(not self.words, "words behind the end of a line")


# Changes


def field(lines, name):
    require(lines, "the text ends too early")
    line = lines.pop(0)
    require(line.startswith(name + " "), "no line %r where it should be" % name)
    return line[len(name) + 1 :]


def is_hidden(character):
    return any(first <= ord(character) <= last for first, last in HIDDEN)


def read_head(lines):
    head = {
        "chain": digest_of(field(lines, "chain")),
        "base": number_of(field(lines, "base")),
        "valid-from": time_of(field(lines, "valid-from")),
        "expires": time_of(field(lines, "expires")),
        "author": name_of(field(lines, "author")),
        "reason": field(lines, "reason"),
    }
    require(head["valid-from"] < head["expires"], "it expires before it is valid", "EMPTY_VALIDITY")
    reason = head["reason"]
    require(0 < len(reason.encode()) <= MAX_REASON_BYTES, "a reason of no or too many bytes")
    require(reason == reason.strip(" ") and not any(map(is_hidden, reason)), "a reason with what cannot be seen")
    return head


def print_head(head):
    return ["%s %s" % (name, value) for name, value in head.items()]


def read_expectation(words):
    key, what = key_of(words[0]), words[1:2]
    if words[1:] == ["absent"]:
        return key, "absent"
    require(len(words) == 3, "an expect line of other words")
    if what == ["revision"]:
        require(number_of(words[2]) >= 1, "revisions begin with 1")
        return key, "revision " + words[2]
    require(what == ["value"], "an expect line of other words")
    return key, "value " + digest_of(words[2])


def read_operation(words):
    """Its first key, the end of its range, how many bytes it puts, its line."""
    shape = (words[0], len(words))
    if shape == ("put", 4):
        key, size = key_of(words[1]), number_of(words[2])
        require(size <= MAX_VALUES_BYTES, "a value of too many bytes")
        return key, None, size, "put %s %d %s" % (print_key(key), size, digest_of(words[3]))
    if shape == ("delete", 2):
        key = key_of(words[1])
        return key, None, 0, "delete " + print_key(key)
    require(shape == ("delete-range", 3), "no operation")
    first, end = key_of(words[1]), key_of(words[2])
    require(first < end, "a range ends above its beginning")
    return first, end, 0, "delete-range %s %s" % (print_key(first), print_key(end))


def read_change(text):
    lines = lines_of(text, MAX_TEXT_BYTES)
    first = lines.pop(0)
    head = read_head(lines)
    expected, operations = [], []
    for line in lines:
        words = line.split(" ")
        if words[0] == "expect":
            require(len(words) > 1, "an expect line without a key")
            expected.append(read_expectation(words[1:]))
        else:
            operations.append(read_operation(words))
    require(operations, "it does nothing")
    require(max(len(expected), len(operations)) <= MAX_LINES, "too many lines", "TOO_LARGE")
    require(sum(size for _, _, size, _ in operations) <= MAX_VALUES_BYTES, "too many bytes of values", "TOO_LARGE")
    expected.sort(key=lambda each: each[0])
    operations.sort(key=lambda each: each[0])
    for a, b in zip(expected, expected[1:]):
        require(a[0] != b[0], "a key is expected twice", "KEY_LISTED_TWICE")
    for a, b in zip(operations, operations[1:]):
        require(a[0] != b[0], "a key is in two operations", "KEY_LISTED_TWICE")
        require(a[1] is None or b[0] >= a[1], "a key is in a range too", "OVERLAPPING")
    printed = ["expect %s %s" % (print_key(key), what) for key, what in expected]
    return [first] + print_head(head) + printed + [line for _, _, _, line in operations]


# Approvals and withdrawals


def read_endorsement(text):
    lines = lines_of(text, MAX_TEXT_BYTES)
    first = lines.pop(0)
    printed = [first, "chain " + digest_of(field(lines, "chain")), "change " + digest_of(field(lines, "change"))]
    require(not lines, "lines behind the end", "TRAILING_BYTES")
    return printed


# The governance


PRINCIPALS = ("person", "node", "service", "gateway")
KINDS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)


def read_lifetime(phrase, may_be_revoked=True):
    start = time_of(phrase.word()) if phrase.takes("from") else None
    end = time_of(phrase.word()) if phrase.takes("until") else None
    revoked = time_of(phrase.word()) if phrase.takes("revoked") else None
    require(end is None or (start or "1970-01-01T00:00:00Z") < end, "a lifetime ends before it begins")
    require(revoked is None or may_be_revoked, "a lifetime that is set is not revoked")
    started = "" if start in (None, "1970-01-01T00:00:00Z") else " from " + start
    return started + (" until " + end if end else "") + (" revoked " + revoked if revoked else "")


def read_roles(phrase):
    roles = phrase.items(role_of) if phrase.takes("roles") else []
    require(len(roles) <= MAX_HELD, "too many roles")
    return " roles " + ",".join(roles) if roles else ""


def read_key(phrase):
    """A key's bytes, and its line with its lifetime but without its holder."""
    kind, text = phrase.word(), phrase.word()
    try:
        key = PublicKey.read(unbase64(text))
    except Refused as refused:
        raise wrong("a key that is refused: %s" % refused) from None
    require(key.kind == kind, "a key of another kind than is said")
    return key.blob, kind + " " + text


def read_prefix(phrase):
    if phrase.takes("everything"):
        return b"", "everything"
    phrase.require("prefix")
    key = key_of(phrase.word())
    return key, "prefix " + print_key(key)


def read_scope(phrase):
    """What it is about, and its words."""
    for scope in ("registry", "recovery"):
        if phrase.takes(scope):
            return scope, scope
    return read_prefix(phrase)


def dashed(items):
    return ",".join(items) or "-"


def read_guard(phrase):
    scope, words = read_scope(phrase)
    phrase.require("threshold")
    threshold = number_of(phrase.word())
    phrase.require("people")
    people = phrase.items(name_of)
    phrase.require("roles")
    roles = phrase.items(role_of)
    phrase.require("author")
    author = "excluded" if phrase.takes("excluded") else "counts"
    if author == "counts":
        phrase.require("counts")
    phrase.require("keys")
    if phrase.takes("any"):
        kinds = set(KINDS)
    else:
        kinds = set(phrase.items(lambda word: word))
    require(kinds and kinds <= set(KINDS), "no kind of key")
    keys = "any" if kinds == set(KINDS) else ",".join(kind for kind in KINDS if kind in kinds)
    phrase.require("valid")
    valid = number_of(phrase.word())
    require(1 <= threshold < 1 << 31 and 1 <= valid <= MAX_VALID_SECONDS, "a threshold or validity out of bounds")
    require(max(len(people), len(roles)) <= MAX_NAMED, "a guard names too many")
    return scope, "guard %s threshold %d people %s roles %s author %s keys %s valid %d" % (
        words, threshold, dashed(people), dashed(roles), author, keys, valid,
    )


def read_right(phrase):
    right = phrase.word()
    require(right in RIGHTS, "there is no right %r" % right)
    return right


def read_governance(text):
    lines = lines_of(text, MAX_GOVERNANCE_BYTES)
    first = lines.pop(0)
    principals, keys, holders, guards, prefixes, rights, kept = {}, {}, set(), {}, {}, set(), 0
    for line in lines:
        phrase = Phrase(line)
        what = phrase.word()
        if what in PRINCIPALS:
            name = name_of(phrase.word())
            require(name not in principals, "a principal is there twice")
            principals[name] = "%s %s" % (what, name) + read_roles(phrase) + read_lifetime(phrase)
            keys[name] = {}
        elif what == "key":
            name = name_of(phrase.word())
            require(name in principals, "a key above its holder")
            blob, words = read_key(phrase)
            require(blob not in holders, "a key has two holders")
            holders.add(blob)
            keys[name][blob] = "key %s %s" % (name, words) + read_lifetime(phrase)
            require(len(keys[name]) <= MAX_HELD, "too many keys")
        elif what == "guard":
            scope, words = read_guard(phrase)
            if isinstance(scope, str):
                guards[scope] = words
            else:
                require(scope not in prefixes, "two rules for one prefix")
                prefixes[scope] = words
        elif what == "open":
            prefix, words = read_prefix(phrase)
            require(prefix not in prefixes, "two rules for one prefix")
            prefixes[prefix] = "open " + words
        elif what == "gateways-may":
            rights.add(read_right(phrase))
        else:
            require(what == "keep-revisions", "a line that there is not")
            kept = number_of(phrase.word())
        phrase.end()
    printed = [first]
    for name in sorted(principals):
        printed.append(principals[name])
        printed += [keys[name][blob] for blob in sorted(keys[name])]
    printed += [guards[scope] for scope in ("registry", "recovery") if scope in guards]
    printed += [prefixes[prefix] for prefix in sorted(prefixes)]
    printed += ["gateways-may " + right for right in sorted(rights)]
    return printed + (["keep-revisions %d" % kept] if kept else [])


# Changes of the governance


def read_setting(phrase):
    what = phrase.word()
    if what in PRINCIPALS:
        name = name_of(phrase.word())
        return ("principal", name), "set %s %s" % (what, name) + read_roles(phrase) + read_lifetime(phrase, False)
    if what == "key":
        name = name_of(phrase.word())
        blob, words = read_key(phrase)
        return ("key", fingerprint(blob)), "set key %s %s" % (name, words) + read_lifetime(phrase, False)
    if what == "guard":
        scope, words = read_guard(phrase)
        return ("scope", scope), "set " + words
    if what == "open":
        prefix, words = read_prefix(phrase)
        return ("scope", prefix), "set open " + words
    if what == "gateways-may":
        right = read_right(phrase)
        return ("right", right), "set gateways-may " + right
    require(what == "keep-revisions", "sets what there is not")
    return ("keep-revisions",), "set keep-revisions %d" % number_of(phrase.word())


def read_revocation(phrase):
    what, name = phrase.word(), name_of(phrase.word())
    if what in PRINCIPALS:
        return ("principal", name), "revoke %s %s" % (what, name)
    require(what == "key", "revokes what there is not")
    found = phrase.word()
    require(is_fingerprint(found), "no fingerprint")
    return ("key", found), "revoke key %s %s" % (name, found)


def read_removal(phrase):
    what = phrase.word()
    if what == "guard":
        scope, words = read_scope(phrase)
        require(scope != "registry", "the registry's guard is only replaced")
        return ("scope", scope), "remove guard " + words
    if what == "open":
        prefix, words = read_prefix(phrase)
        return ("scope", prefix), "remove open " + words
    require(what == "gateways-may", "removes what there is not")
    right = read_right(phrase)
    return ("right", right), "remove gateways-may " + right


def read_compaction(phrase):
    return ("compact",), "compact %d" % number_of(phrase.word())


ADMIN = {"set": read_setting, "revoke": read_revocation, "remove": read_removal, "compact": read_compaction}


def read_admin(text):
    lines = lines_of(text, MAX_TEXT_BYTES)
    first = lines.pop(0)
    head = read_head(lines)
    subjects, operations = set(), []
    for line in lines:
        phrase = Phrase(line)
        verb = phrase.word()
        require(verb in ADMIN, "no operation")
        subject, words = ADMIN[verb](phrase)
        phrase.end()
        require(subject not in subjects, "two operations are about one thing", "OVERLAPPING")
        subjects.add(subject)
        operations.append(words)
    require(operations, "it does nothing")
    require(len(operations) <= MAX_LINES, "too many operations", "TOO_LARGE")
    return [first] + print_head(head) + sorted(operations)


TEXTS = {
    "cairn-change-1": read_change,
    "cairn-admin-1": read_admin,
    "cairn-approve-1": read_endorsement,
    "cairn-withdraw-1": read_endorsement,
    "cairn-governance-1": read_governance,
}


def read_text(text):
    """The digest, if the text is one of the five, in its one spelling."""
    first = text.split(b"\n", 1)[0].decode("utf-8", "replace")
    require(first in TEXTS, "no text of Cairn's")
    printed = "\n".join(TEXTS[first](text)) + "\n"
    require(printed.encode() == text, "it says the right thing in another spelling, or another order")
    return hashlib.sha256(text).hexdigest()


# OpenSSH's keys and signatures


class Ssh:
    """Fields of RFC 4251."""

    def __init__(self, data):
        self.data = data

    def raw(self, count):
        require(0 <= count <= len(self.data), "the bytes end within a field", "MALFORMED")
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def u32(self):
        return int.from_bytes(self.raw(4), "big")

    def string(self):
        return self.raw(self.u32())

    def name(self):
        name = self.string()
        require(len(name) <= 256 and all(0x20 <= b < 0x7F for b in name), "no name", "MALFORMED")
        return name.decode("ascii")

    def number(self):
        data = self.string()
        shortest = not data or (data[0] < 0x80 and not (data[0] == 0 and (len(data) == 1 or data[1] < 0x80)))
        require(shortest, "a number is negative or padded", "MALFORMED")
        return int.from_bytes(data, "big")

    def end(self):
        require(not self.data, "bytes behind the end", "TRAILING_BYTES")


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("MALFORMED", "no Base64") from None
    require(base64.b64encode(data).decode() == text, "Base64 in another spelling", "NON_CANONICAL_KEY")
    return data


def fingerprint(blob):
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def is_fingerprint(text):
    try:
        digest = base64.b64decode(text[7:] + "=", validate=True)
    except ValueError:
        return False
    spelled = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
    return len(digest) == 32 and spelled == text


# NIST P-256: y^2 = x^3 - 3x + B
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE_POINT = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def ec_add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    if p == q:
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def ec_mul(n, p):
    found = None
    while n:
        if n & 1:
            found = ec_add(found, p)
        p = ec_add(p, p)
        n >>= 1
    return found


def ed25519_is_key(encoded):
    point = point_decode(encoded)
    return point is not None and not is_neutral(point) and is_neutral(point_mul(ED25519_ORDER, point))


class PublicKey:
    def __init__(self, kind, blob, key, application):
        self.kind, self.blob, self.key, self.application = kind, blob, key, application

    @staticmethod
    def read(blob):
        require(len(blob) <= 2048, "too many bytes for a key", "MALFORMED")
        data = Ssh(blob)
        kind = data.name()
        require(kind in KINDS, "no kind of key that is accepted", "UNKNOWN_KEY_KIND")
        if "ed25519" in kind:
            key = data.string()
            require(ed25519_is_key(key), "no key of the prime-order group", "INVALID_POINT")
        elif kind == "ssh-rsa":
            exponent, modulus = data.number(), data.number()
            fits = exponent == 65537 and 3072 <= modulus.bit_length() <= 8192 and modulus % 2 == 1
            require(fits, "an RSA key out of bounds", "WEAK_RSA_KEY")
            key = modulus
        else:
            require(data.name() == "nistp256", "another curve", "MALFORMED")
            point = data.string()
            x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
            on_curve = max(x, y) < P and (y * y - x * x * x + 3 * x - B) % P == 0
            require(len(point) == 65 and point[0] == 4 and on_curve, "no point of the curve", "INVALID_POINT")
            key = (x, y)
        application = None
        if kind.startswith("sk-"):
            application = data.name()
            require(application.startswith("ssh:"), "a device's key for something else", "NON_CANONICAL_KEY")
        data.end()
        return PublicKey(kind, blob, key, application)

    def verify(self, data, message):
        """`data` is what follows the algorithm's name."""
        raw = data.string()
        if self.application is not None:
            flags, counter = data.raw(1), data.raw(4)
            data.end()
            require(flags[0] & 1, "nobody touched the device", "NO_PRESENCE")
            application = hashlib.sha256(self.application.encode()).digest()
            message = application + flags + counter + hashlib.sha256(message).digest()
        data.end()
        require(self.is_signature(raw, message), "not this key's on this text", "NOT_SIGNED")

    def is_signature(self, raw, message):
        if "ed25519" in self.kind:
            return len(raw) == 64 and ed25519_verify(self.key, message, raw)
        if self.kind == "ssh-rsa":
            return self.is_rsa(raw, message)
        numbers = Ssh(raw)
        r, s = numbers.number(), numbers.number()
        numbers.end()
        if not (0 < r < N and 0 < s < N):
            return False
        hashed, inverse = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
        point = ec_add(ec_mul(hashed * inverse % N, BASE_POINT), ec_mul(r * inverse % N, self.key))
        return point is not None and point[0] % N == r

    def is_rsa(self, raw, message):
        size = (self.key.bit_length() + 7) // 8
        if len(raw) != size or int.from_bytes(raw, "big") >= self.key:
            return False
        hashed = bytes.fromhex("3051300d060960864801650304020305000440") + hashlib.sha512(message).digest()
        padded = b"\x00\x01" + b"\xff" * (size - 3 - len(hashed)) + b"\x00" + hashed
        return pow(int.from_bytes(raw, "big"), 65537, self.key).to_bytes(size, "big") == padded


BEGIN, END = "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n"
SIGNATURE_NAMES = {kind: kind for kind in KINDS}
SIGNATURE_NAMES["ssh-rsa"] = "rsa-sha2-512"


def dearmour(text):
    require(len(text) <= 8192 and text.isascii(), "no signature of ssh-keygen's", "MALFORMED_ARMOUR")
    armoured = text.decode()
    enclosed = armoured.startswith(BEGIN) and armoured.endswith(END) and len(text) >= len(BEGIN) + len(END)
    require(enclosed, "not enclosed in its two lines", "MALFORMED_ARMOUR")
    try:
        data = base64.b64decode(armoured[len(BEGIN) : -len(END)].replace("\n", ""), validate=True)
    except ValueError:
        raise Refused("MALFORMED_ARMOUR", "no Base64") from None
    encoded = base64.b64encode(data).decode()
    lines = "".join(encoded[at : at + 70] + "\n" for at in range(0, len(encoded), 70))
    require(BEGIN + lines + END == armoured, "not in lines of 70 characters", "MALFORMED_ARMOUR")
    return data


def check_signature(armoured, blob, namespace, text):
    """That the key signed the text for that namespace."""
    data = Ssh(dearmour(armoured))
    require(data.raw(6) == b"SSHSIG", "no SSHSIG", "MALFORMED")
    require(data.u32() == 1, "another version", "UNKNOWN_VERSION")
    signer, signed_for = data.string(), data.name()
    require(not data.string(), "a reserved field with content", "MALFORMED")
    require(data.name() == "sha512", "another hash", "WRONG_HASH")
    signature = Ssh(data.string())
    data.end()
    key = PublicKey.read(blob)
    require(signed_for == namespace, "made for " + signed_for, "WRONG_NAMESPACE")
    require(signer == blob, "another key's", "OTHER_KEY")
    algorithm = signature.name()
    if key.kind == "ssh-rsa":
        require(algorithm == "rsa-sha2-512", "RSA with " + algorithm, "RSA_WITHOUT_SHA512")
    require(algorithm == SIGNATURE_NAMES[key.kind], "another algorithm's", "OTHER_KEY")
    fields = (b"SSHSIG", namespace.encode(), b"", b"sha512", hashlib.sha512(text).digest())
    key.verify(signature, fields[0] + b"".join(len(field).to_bytes(4, "big") + field for field in fields[1:]))


# The command.


def verdict(check, *arguments):
    """The reason for which it is refused; empty if it is not."""
    try:
        check(*arguments)
        return ""
    except Refused as refused:
        return refused.reason


def report(what, count, differing):
    for difference in differing:
        print("DIFFERS " + difference, file=sys.stderr)
    if differing:
        sys.exit(1)
    print("%d %s: all verdicts agree" % (count, what))


def check_vectors(arguments):
    with open(arguments.file, encoding="ascii") as source:
        vectors = json.load(source)
    differing = []
    for vector in vectors["texts"]:
        try:
            found = read_text(vector["text"].encode())
        except Refused as refused:
            found = str(refused)
        if found != vector["digest"]:
            differing.append("%s: %s" % (vector["name"], found))
    for vector in vectors["refusedTexts"]:
        found = verdict(read_text, vector["text"].encode())
        if found != vector["refused"]:
            differing.append("%r: %s and not %s" % (vector["text"], found or "taken", vector["refused"]))
    text, namespace = vectors["texts"][0]["text"].encode(), "change@cairn.dev"
    for vector in vectors["signatures"]:
        armoured, key = vector["signature"].encode(), base64.b64decode(vector["key"])
        found = verdict(check_signature, armoured, key, namespace, text)
        if found != vector.get("refused", ""):
            differing.append("%s: %s" % (vector["name"], found or "taken"))
    count = sum(len(vectors[name]) for name in ("texts", "refusedTexts", "signatures"))
    report("texts and signatures", count, differing)


def check_mutants(arguments):
    """Whether a changed text is one is said in both ways alike; which of its faults is named first is not compared."""
    count, differing = 0, []
    with open(arguments.file, encoding="ascii") as source:
        for line in source:
            mutant = json.loads(line)
            count += 1
            found = not verdict(read_text, base64.b64decode(mutant["text"]))
            if found != mutant["accepted"]:
                differing.append("%s: %s" % (mutant["text"], "taken" if found else "refused"))
    if count < arguments.at_least:
        sys.exit("%s holds %d texts only" % (arguments.file, count))
    report("changed texts", count, differing)


def check_file(arguments):
    with open(arguments.file, "rb") as source:
        text = source.read()
    print(read_text(text))
    for name in arguments.signatures:
        with open(name, "rb") as source:
            armoured = source.read()
        data = Ssh(dearmour(armoured))
        data.raw(10)
        blob = data.string()
        check_signature(armoured, blob, arguments.namespace, text)
        print("%s: %s" % (name, fingerprint(blob)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    vectors = commands.add_parser("vectors", help="the published texts and signatures have the published verdicts")
    vectors.add_argument("file")
    vectors.set_defaults(run=check_vectors)
    mutants = commands.add_parser("mutants", help="changed texts are taken or refused as Java did")
    mutants.add_argument("--at-least", type=int, default=1)
    mutants.add_argument("file")
    mutants.set_defaults(run=check_mutants)
    one = commands.add_parser("file", help="print a text's digest, and whose keys signed it, if all is as it should be")
    one.add_argument("--namespace", default="change@cairn.dev", help="what it was signed for (default: %(default)s)")
    one.add_argument("file", help="a change, an approval, a withdrawal or a governance")
    one.add_argument("signatures", nargs="*", metavar="SIGNATURE", help="what ssh-keygen -Y sign wrote")
    one.set_defaults(run=check_file)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except Refused as refused:
        sys.exit(str(refused))
    except OSError as unreadable:
        sys.exit(str(unreadable))


if __name__ == "__main__":
    main()
