package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The records of changes and of who governs, at one revision.
 *
 * @param governance in force then
 * @param governedSince the revision that laid it down; 0 if the genesis document does
 */
public record Ledger(Pin pin, Snapshot at, Governance governance, long governedSince) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{8,64}");

    /** As it is now. */
    public static Ledger of(Cluster cluster) throws NotVerifiedException, Failure {
        return of(cluster.pin(), cluster.now());
    }

    static Ledger of(Pin pin, Snapshot at) throws NotVerifiedException, Failure {
        Optional<KeyValue> changed = at.getRecord(LedgerKeys.GOVERNANCE);
        if (changed.isEmpty()) {
            return new Ledger(pin, at, founding(pin), 0);
        }
        try {
            return new Ledger(
                    pin,
                    at,
                    Governance.parse(changed.get().value()),
                    changed.get().modRevision());
        } catch (ChangeException e) {
            throw new Failure("the cluster's governance is of another version of this program: " + e.getMessage(), e);
        }
    }

    /** What the chain was founded with. */
    static Governance founding(Pin pin) {
        return pin.document().governance();
    }

    /** The change, whether it waits or is settled. */
    Optional<ChangeRecord> find(Digest change) throws NotVerifiedException, Failure {
        Optional<KeyValue> waiting = at.getRecord(LedgerKeys.pending(change));
        if (waiting.isPresent()) {
            return Optional.of(waiting(waiting.get(), at.getRecord(LedgerKeys.text(change))));
        }
        Optional<KeyValue> settled = at.getRecord(LedgerKeys.settled(change));
        return settled.isEmpty()
                ? Optional.empty()
                : Optional.of(decode(settled.get().value()));
    }

    /** The change of a draft's file, or the one whose digest begins so. */
    ChangeRecord require(String fileOrDigest) throws Failure, NotVerifiedException {
        Path file = Path.of(fileOrDigest);
        if (Files.exists(file)) {
            Bytes text = new ChangeFiles(file).readText();
            SignedText draft = Texts.parse(file, text);
            return find(draft.digest()).orElseThrow(() -> notSubmitted(file, draft));
        }
        if (ChangeFiles.isNamed(fileOrDigest)) {
            throw ChangeFiles.isMissing(file);
        }
        if (!DIGEST.matcher(fileOrDigest).matches()) {
            throw new Failure("\"" + fileOrDigest
                    + "\" is neither a file nor the digest of a change, of which 8 digits or more are needed;"
                    + " `cairn pending --json` has all of them");
        }
        List<ChangeRecord> found = new ArrayList<>();
        for (KeyValue record : beginning(LedgerKeys.ALL_PENDING, fileOrDigest)) {
            found.add(waiting(record, at.getRecord(LedgerKeys.text(digest(record.key())))));
        }
        for (KeyValue record : beginning(LedgerKeys.ALL_SETTLED, fileOrDigest)) {
            found.add(decode(record.value()));
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new Failure(
                found.isEmpty()
                        ? "the cluster knows no change " + fileOrDigest + "; see `cairn pending` and `cairn log`"
                        : found.size() + " changes begin with " + fileOrDigest + "; give more digits");
    }

    private static Failure notSubmitted(Path file, SignedText draft) {
        Optional<Objection.Expired> expired = Texts.expired(draft, Instant.now().getEpochSecond());
        return new Failure(
                expired.isPresent()
                        ? file + ": " + expired.get().sentence()
                        : file + " was not submitted yet; do so with `cairn submit " + file
                                + "`, or approve it in files with `cairn sign --approve " + file + "`");
    }

    private List<KeyValue> beginning(KeySpan all, String digits) throws NotVerifiedException {
        String whole = digits.substring(0, digits.length() & ~1);
        Bytes prefix = Bytes.wrap(new ByteWriter(64)
                .putRaw(all.from().shared())
                .putRaw(HexFormat.of().parseHex(whole))
                .toArray());
        List<KeyValue> found = new ArrayList<>();
        for (KeyValue record : at.listRecords(KeySpan.prefix(prefix))) {
            String digest =
                    record.key().slice(all.from().size(), record.key().size()).toHex();
            if (digest.startsWith(digits)) {
                found.add(record);
            }
        }
        return found;
    }

    List<ChangeRecord> pending() throws NotVerifiedException, Failure {
        Map<Digest, KeyValue> texts = new HashMap<>();
        for (KeyValue text : at.listRecords(LedgerKeys.ALL_TEXTS)) {
            texts.put(digest(text.key()), text);
        }
        List<ChangeRecord> records = new ArrayList<>();
        for (KeyValue record : at.listRecords(LedgerKeys.ALL_PENDING)) {
            records.add(waiting(record, Optional.ofNullable(texts.get(digest(record.key())))));
        }
        return records;
    }

    /** Executed ones in the order of their revisions; others that are still remembered before them. */
    List<ChangeRecord> settled() throws NotVerifiedException, Failure {
        List<ChangeRecord> records = new ArrayList<>();
        for (KeyValue record : at.listRecords(LedgerKeys.ALL_SETTLED)) {
            records.add(decode(record.value()));
        }
        records.sort((a, b) -> Long.compare(a.revision(), b.revision()));
        return records;
    }

    /** Which change made that revision; nothing if none did, as where a key was written without signatures. */
    Optional<Digest> madeRevision(long revision) throws NotVerifiedException {
        return at.getRecord(LedgerKeys.logged(revision))
                .map(record -> Digest.of(record.value().shared()));
    }

    /** The values of a change that waits, those that are there, by the keys of their records. */
    Map<Bytes, Bytes> values(Digest change) throws NotVerifiedException {
        Map<Bytes, Bytes> values = new HashMap<>();
        at.listRecords(LedgerKeys.values(change)).forEach(record -> values.put(record.key(), record.value()));
        return values;
    }

    /** What the signatures are worth at the time of this machine's clock. */
    Judgement judge(SignedText text, List<Evidence> evidence) throws NotVerifiedException, Failure {
        return judged(text, evidence).knowing(waiting(text));
    }

    /** The same for a change of the ledger. */
    Judgement judge(SignedText text, ChangeRecord record) throws Failure {
        return judged(text, Proposal.evidence(record)).knowing(new Waiting(new TreeSet<>(), stuck(text, record)));
    }

    private Judgement judged(SignedText text, List<Evidence> evidence) {
        return Judgement.of(
                text, evidence, pin.chainId(), governance, Instant.now().getEpochSecond());
    }

    /** What the ledger's record of a change tells of it; nothing if there is none. */
    Waiting waiting(SignedText text) throws NotVerifiedException, Failure {
        Optional<ChangeRecord> record = find(text.digest());
        return record.isPresent() ? judge(text, record.get()).waiting() : Waiting.NOTHING;
    }

    private Optional<Waiting.Stuck> stuck(SignedText text, ChangeRecord record) throws Failure {
        if (record.standing() != ChangeStanding.PENDING) {
            return Optional.empty();
        }
        try {
            SshSignature authors =
                    SshSignature.parse(record.signatures().getFirst().signature());
            return governance
                    .registry()
                    .holderOf(authors.keyBlob())
                    .flatMap(holding -> holding.outOfTime(Instant.now().getEpochSecond()))
                    .filter(SignerRefusal.RevokedSigner.class::isInstance)
                    .map(SignerRefusal.RevokedSigner.class::cast)
                    .map(key -> new Waiting.Stuck(text.digest(), key));
        } catch (SshException e) {
            throw new Failure("what the cluster keeps of a change cannot be read: " + e.getMessage(), e);
        }
    }

    /** Of which change the record with that key is. */
    static Digest digest(Bytes key) {
        return Digest.read(key.shared(), key.size() - Digest.BYTES);
    }

    static ChangeRecord decode(Bytes record) throws Failure {
        try {
            return ChangeRecord.decode(record);
        } catch (IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    private static ChangeRecord waiting(KeyValue record, Optional<KeyValue> text) throws Failure {
        try {
            return PendingRecord.decode(record.value())
                    .of(text.map(KeyValue::value)
                            .orElseThrow(() -> new IllegalArgumentException("a change waits without its text")));
        } catch (IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    private static Failure unreadable(IllegalArgumentException e) {
        return new Failure("what the cluster keeps of a change cannot be read: " + e.getMessage(), e);
    }
}
