package dev.cairn.kv.change;

import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.TestKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Texts of all kinds, and such that are none, for a second implementation. */
final class TextVectors {
    private static final Digest CHAIN =
            Digest.parse("36638f589bba415569776701252db79aaa9019f919c75a2cf611cc113e5beddb");
    private static final Bytes VALUE = Bytes.utf8("limit: 20\n");

    static final Change CHANGE = new Change(
            CHAIN,
            1200,
            1_795_662_000,
            1_795_748_400,
            new PrincipalName("alice@example.org"),
            "Grenze erhöhen, ticket 42 (100 %)",
            List.of(
                    new Precondition.LastWrittenAt(Bytes.utf8("app/limit"), 1187),
                    new Precondition.Absent(Bytes.wrap(new byte[] {'a', 0, '%', (byte) 0xff})),
                    new Precondition.HasValue(Bytes.utf8("app/mode"), Hashing.sha256(VALUE.shared()))),
            List.of(
                    new ChangeOperation.Put(Bytes.utf8("app/new limit"), VALUE.size(), Hashing.sha256(VALUE.shared())),
                    new ChangeOperation.Delete(Bytes.utf8("app/limit")),
                    new ChangeOperation.DeleteRange(Bytes.utf8("tmp/"), Bytes.utf8("tmp0"))));

    private static final String ADMIN = """
            cairn-admin-1
            chain %s
            base 1200
            valid-from 2026-11-26T03:00:00Z
            expires 2026-11-27T03:00:00Z
            author alice
            reason Bob has a new key
            compact 1234
            remove gateways-may compact
            remove guard recovery
            remove open prefix scratch/
            revoke key bob %s
            revoke node web1
            set guard everything threshold 2 people bob,carol roles - author counts keys any valid 60
            set keep-revisions 1000
            set key bob %s until 2030-01-01T00:00:00Z
            set open prefix tmp/%%20
            set person bob roles admin,ops
            """.formatted(
                    CHAIN.toHex(),
                    key(KeyKind.ED25519, 1).fingerprint(),
                    key(KeyKind.ED25519, 2).line());

    private static final String GOVERNANCE = """
            cairn-governance-1
            person alice roles admin,ops
            key alice %s
            key alice %s
            person bob roles admin
            key bob %s from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z revoked 2026-06-01T00:00:00Z
            person carol until 2030-01-01T00:00:00Z
            key carol %s
            node web1
            key web1 %s
            guard registry threshold 1 people - roles admin author counts keys any valid 604800
            guard recovery threshold 2 people alice,carol roles - author counts keys any valid 604800
            guard everything threshold 1 people carol roles ops author counts keys any valid 86400
            guard prefix prod/ threshold 1 people - roles ops author excluded keys ssh-ed25519,ssh-rsa valid 86400
            open prefix scratch/a%%20b
            gateways-may compact
            keep-revisions 1000
            """.formatted(
                    key(KeyKind.RSA, 5).line(),
                    key(KeyKind.ED25519, 1).line(),
                    key(KeyKind.SK_ED25519, 2).line(),
                    key(KeyKind.ECDSA_P256, 3).line(),
                    key(KeyKind.SK_ECDSA_P256, 4).line());

    /** @param name says which it is */
    record Sample(String name, String text) {}

    /** @param reason why it is none */
    record Refused(String text, ChangeRefusal reason) {}

    /** @param accepted whether it is a text all the same */
    record Mutant(Bytes text, boolean accepted) {}

    private TextVectors() {}

    private static SshPublicKey key(KeyKind kind, int number) {
        try {
            return TestKey.of(kind, number).publicKey();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Sample> samples() {
        return List.of(
                new Sample("a change", CHANGE.text().toUtf8()),
                new Sample("an approval", endorsement(Endorsement.Kind.APPROVAL)),
                new Sample("a withdrawal", endorsement(Endorsement.Kind.WITHDRAWAL)),
                new Sample("a change of the governance", ADMIN),
                new Sample("a governance", GOVERNANCE),
                new Sample("the governance of nobody", Governance.OPEN.text().toUtf8()),
                new Sample("the empty governance", "cairn-governance-1\n"));
    }

    private static String endorsement(Endorsement.Kind kind) {
        return new Endorsement(kind, CHAIN, CHANGE.digest()).text().toUtf8();
    }

    /** The digest of a text of whatever kind; it says itself which. */
    static Digest read(Bytes text) throws ChangeException {
        if (text.startsWith(Bytes.utf8(GovernanceText.FORMAT + "\n"))) {
            return Hashing.sha256(Governance.parse(text).text().shared());
        }
        for (Endorsement.Kind kind : Endorsement.Kind.values()) {
            Bytes format = new Endorsement(kind, CHAIN, CHAIN).text();
            if (text.startsWith(format.slice(0, format.toUtf8().indexOf('\n') + 1))) {
                return Endorsement.parse(kind, text).textDigest();
            }
        }
        return SignedText.parse(text).digest();
    }

    /** Each is one of the samples with one thing changed. */
    static List<Refused> refused() {
        List<Refused> all = new ArrayList<>();
        refusedChanges(all);
        refusedEndorsements(all);
        refusedAdmin(all);
        refusedGovernance(all);
        return all;
    }

    private static void refusedChanges(List<Refused> all) {
        String text = CHANGE.text().toUtf8();
        add(all, text, "cairn-change-1", "cairn-change-2", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "chain 3", "chain  3", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "bba415569", "BBA415569", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "base 1200", "base 01200", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "27T03:00:00Z", "27T03:00:60Z", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "27T03:00:00Z", "26T03:00:00Z", ChangeRefusal.EMPTY_VALIDITY);
        add(all, text, "alice@", "Alice@", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "reason G", "reason \u202eG", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "a%00%25%FF", "a%00%25%ff", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "a%00%25%FF", "%61%00%25%FF", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "expect app/mode", "expect app/limit", ChangeRefusal.KEY_LISTED_TWICE);
        add(all, text, "revision 1187", "revision 0", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "delete app/limit", "delete tmp/x", ChangeRefusal.OVERLAPPING);
        add(all, text, "delete app/limit", "delete app/z", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "new%20limit 10 ", "new%20limit 67108865 ", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "tmp/ tmp0", "tmp/ tmp", ChangeRefusal.NOT_CANONICAL);
        add(all, text, "tmp0\n", "tmp0\n\n", ChangeRefusal.TRAILING_BYTES);
        add(all, text, "tmp0\n", "tmp0", ChangeRefusal.TRAILING_BYTES);
        add(all, text, "\n", "\r\n", ChangeRefusal.NOT_CANONICAL);
    }

    private static void refusedEndorsements(List<Refused> all) {
        String text = endorsement(Endorsement.Kind.APPROVAL);
        String digest = CHANGE.digest().toHex();
        add(all, text, "approve-1", "approve-2", ChangeRefusal.NOT_CANONICAL);
        add(all, text, digest, digest.substring(1), ChangeRefusal.NOT_CANONICAL);
        add(all, text, digest + "\n", digest + "\nreason none\n", ChangeRefusal.TRAILING_BYTES);
    }

    private static void refusedAdmin(List<Refused> all) {
        add(all, ADMIN, "base 1200\n", "base 1200\nexpect a absent\n", ChangeRefusal.NOT_CANONICAL);
        add(all, ADMIN, "compact 1234\n", "compact 1234\ncompact 1235\n", ChangeRefusal.OVERLAPPING);
        add(all, ADMIN, "remove guard recovery", "remove guard registry", ChangeRefusal.NOT_CANONICAL);
        add(all, ADMIN, "remove guard recovery", "remove guard everything", ChangeRefusal.OVERLAPPING);
        add(all, ADMIN, "remove open prefix scratch/", "remove open prefix tmp/%20", ChangeRefusal.OVERLAPPING);
        add(all, ADMIN, "revoke node web1", "revoke person bob", ChangeRefusal.OVERLAPPING);
        add(all, ADMIN, "revoke key bob SHA256:", "revoke key bob ", ChangeRefusal.NOT_CANONICAL);
        add(all, ADMIN, "roles admin,ops", "roles ops,admin", ChangeRefusal.NOT_CANONICAL);
        add(all, ADMIN, "until 2030", "revoked 2030", ChangeRefusal.NOT_CANONICAL);
        add(all, ADMIN, "compact 1234\n", "revoke node web0\ncompact 1234\n", ChangeRefusal.NOT_CANONICAL);
        add(all, ADMIN, "set open prefix tmp/", "set closed prefix tmp/", ChangeRefusal.NOT_CANONICAL);
    }

    private static void refusedGovernance(List<Refused> all) {
        add(all, GOVERNANCE, "alice roles admin,ops", "alice roles -", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "person carol", "person alice", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "key bob", "key dave", ChangeRefusal.NOT_CANONICAL);
        add(
                all,
                GOVERNANCE,
                key(KeyKind.SK_ED25519, 2).line(),
                key(KeyKind.ED25519, 1).line(),
                ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "key bob sk-ssh-ed25519@", "key bob ssh-ed25519@", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "node web1\n", "node web1 from 1970-01-01T00:00:00Z\n", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "until 2027-01", "until 2026-01", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "2026-06-01T", "2026-06-31T", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "threshold 2", "threshold 0", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "threshold 2", "threshold 2147483648", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "alice,carol", "carol,alice", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "ssh-ed25519,ssh-rsa", "ssh-rsa,ssh-ed25519", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "keys ssh-ed25519,ssh-rsa", "keys any,ssh-rsa", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "valid 604800", "valid 1000000000001", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "open prefix scratch/a%20b", "open prefix prod/", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "open prefix scratch/a%20b", "open prefix a", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "gateways-may compact", "gateways-may everything", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "keep-revisions 1000", "keep-revisions 0", ChangeRefusal.NOT_CANONICAL);
        add(all, GOVERNANCE, "1000\n", "1000\n\n", ChangeRefusal.TRAILING_BYTES);
    }

    private static void add(List<Refused> all, String text, String good, String bad, ChangeRefusal reason) {
        if (!text.contains(good)) {
            throw new IllegalArgumentException("no \"" + good + "\" in the text");
        }
        all.add(new Refused(text.replace(good, bad), reason));
    }

    /** Samples with a few bytes changed or two lines exchanged; many are none, and some are others. */
    static List<Mutant> mutants(int ofEach, Random random) {
        List<Mutant> all = new ArrayList<>();
        for (Sample sample : samples()) {
            for (int i = 0; i < ofEach; i++) {
                Bytes text = Bytes.utf8(i % 4 == 0 ? exchanged(sample.text(), random) : sample.text());
                if (i % 4 != 0) {
                    text = Mutation.random(random).of(text);
                }
                all.add(new Mutant(text, isAccepted(text)));
            }
        }
        return all;
    }

    private static String exchanged(String text, Random random) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
        return String.join("\n", lines) + "\n";
    }

    private static boolean isAccepted(Bytes text) {
        try {
            var _ = read(text);
            return true;
        } catch (ChangeException e) {
            return false;
        }
    }
}
