package dev.cairn.chaos.kvworlds;

import dev.cairn.chaos.kvworlds.LedgerRevisions.Revision;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.governed.KeyRing;
import dev.cairn.kv.governed.Rules;
import dev.cairn.kv.governed.Signed;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of every revision of a governed store, judged by what is in it and by the plain model of guards. */
final class LedgerInvariants {
    /** Named by its class. */
    abstract static class Invariant {
        abstract void onRevision(Revision revision);

        void require(boolean holds, Revision revision, String otherwise) {
            if (!holds) {
                throw new BrokenInvariant(
                        getClass().getSimpleName() + ": revision " + revision.number() + " " + otherwise);
            }
        }
    }

    static final class BrokenInvariant extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenInvariant(String what) {
            super(what);
        }
    }

    static List<Invariant> all() {
        return List.of(
                new NoUnsignedChange(), new SignedWritesInOrder(), new ExecutedOnce(), new WithdrawnStaysWithdrawn());
    }

    private LedgerInvariants() {}

    /**
     * Every revision that touches a guarded key, or the governance, has the record of a change that says so, whose signatures
     * satisfy what decided at that moment.
     */
    static final class NoUnsignedChange extends Invariant {
        @Override
        void onRevision(Revision revision) {
            Optional<ChangeRecord> executed = executedIn(revision);
            executed.ifPresent(record -> requireSigned(revision, record));
            for (KeyVersion version : revision.clients()) {
                boolean isOpen = revision.rules().isOpen(KeySpan.single(version.key()));
                boolean isAskedFor =
                        executed.filter(record -> asksFor(record, version)).isPresent();
                require(
                        isAskedFor || (executed.isEmpty() && (isOpen || isSignedAlone(revision))),
                        revision,
                        "writes " + version.key().toUtf8() + ", which nobody who may has signed");
            }
            require(
                    executed.isPresent() || !revision.changesGovernance(),
                    revision,
                    "changes the governance, which nobody signed");
        }

        private static boolean asksFor(ChangeRecord record, KeyVersion version) {
            return text(record) instanceof Change change
                    && change.operations().stream().anyMatch(operation -> switch (operation) {
                        case ChangeOperation.Put put ->
                            version.isLive()
                                    && put.key().equals(version.key())
                                    && put.valueDigest().equals(version.value().digest());
                        case ChangeOperation.Delete _, ChangeOperation.DeleteRange _ ->
                            !version.isLive() && operation.span().contains(version.key());
                    });
        }

        private void requireSigned(Revision revision, ChangeRecord record) {
            Rules rules = revision.rules();
            SignedText text = text(record);
            List<Signed> signatures = new ArrayList<>();
            Set<String> withdrawn = new HashSet<>();
            for (ChangeRecord.Taken taken : record.signatures()) {
                Optional<Signed> signed = signed(rules, text, taken);
                require(signed.isPresent(), revision, "has a record with a signature that does not hold");
                signatures.add(signed.orElseThrow());
                if (taken.purpose() == Purpose.WITHDRAW) {
                    withdrawn.add(signer(rules, signed.orElseThrow()));
                }
            }
            signatures.removeIf(signed -> withdrawn.contains(signer(rules, signed)));
            Rules.Verdict verdict = rules.judge(text, signatures, revision.seconds());
            require(verdict.isAdmitted(), revision, "executes what is not signed enough: " + verdict.objections());
        }

        private static String signer(Rules rules, Signed signed) {
            return rules.nameOf(signed.key().orElseThrow()).orElse("nobody");
        }

        /** Nothing if it does not hold. */
        private static Optional<Signed> signed(Rules rules, SignedText text, ChangeRecord.Taken taken) {
            Bytes signedText = switch (taken.purpose()) {
                case CHANGE, ADMIN -> text.text();
                case APPROVE -> new Endorsement(Endorsement.Kind.APPROVAL, rules.chain(), text.digest()).text();
                case WITHDRAW -> new Endorsement(Endorsement.Kind.WITHDRAWAL, rules.chain(), text.digest()).text();
            };
            try {
                SshSignature signature = SshSignature.parse(taken.signature());
                SshPublicKey key = KeyRing.publicKey(signature.keyBlob());
                signature.verify(key, taken.purpose().namespace(), signedText);
                return Optional.of(
                        new Signed(Optional.of(key), taken.purpose(), true, taken.signature(), taken.seconds()));
            } catch (SshException _) {
                return Optional.empty();
            }
        }
    }

    /** Whether one of the block's signed writes asks for all of the revision, and its signer alone may write that. */
    static boolean isSignedAlone(Revision revision) {
        return executedIn(revision).isEmpty()
                && !isOpen(revision)
                && revision.signedWrites().stream().anyMatch(write -> accountsFor(write, revision));
    }

    private static boolean isOpen(Revision revision) {
        return revision.clients().stream().allMatch(version -> revision.rules().isOpen(KeySpan.single(version.key())));
    }

    private static boolean accountsFor(Operation.SignedWrite write, Revision revision) {
        Optional<SshPublicKey> signer = signer(revision.rules().chain(), write);
        return signer.isPresent()
                && Math.abs(write.timeMicros() / 1_000_000 - revision.seconds()) <= 301
                && revision.clients().stream()
                        .allMatch(version -> asksFor(write.operation(), version)
                                && revision.rules()
                                        .signsAlone(signer.get(), KeySpan.single(version.key()), revision.seconds()));
    }

    private static boolean asksFor(Operation operation, KeyVersion version) {
        return switch (operation) {
            case Operation.Put put ->
                version.isLive()
                        && put.key().equals(version.key())
                        && Hashing.sha256(put.value().shared())
                                .equals(version.value().digest());
            case Operation.DeleteRange delete ->
                !version.isLive() && KeySpan.of(delete.key(), delete.rangeEnd()).contains(version.key());
            case Operation.Txn txn ->
                Stream.concat(txn.success().stream(), txn.failure().stream()).anyMatch(each -> asksFor(each, version));
            default -> false;
        };
    }

    /** Nothing if the signature does not hold. */
    private static Optional<SshPublicKey> signer(Digest chain, Operation.SignedWrite write) {
        try {
            SshSignature signature = SshSignature.parse(write.signature());
            SshPublicKey key = KeyRing.publicKey(signature.keyBlob());
            signature.verify(
                    key, WriteText.NAMESPACE, WriteText.of(chain, write).text());
            return Optional.of(key);
        } catch (SshException _) {
            return Optional.empty();
        }
    }

    /** Of each key, signed writes reach guarded keys in the order of their times, and none does twice. */
    static final class SignedWritesInOrder extends Invariant {
        private final Map<SshPublicKey, Long> last = new HashMap<>();

        @Override
        void onRevision(Revision revision) {
            if (!isSignedAlone(revision)) {
                return;
            }
            Digest chain = revision.rules().chain();
            Optional<Operation.SignedWrite> next = revision.signedWrites().stream()
                    .filter(write -> accountsFor(write, revision))
                    .filter(write -> write.timeMicros() > last(chain, write))
                    .min(Comparator.comparingLong(Operation.SignedWrite::timeMicros));
            require(next.isPresent(), revision, "is of a signed write that is none too new");
            last.put(
                    signer(chain, next.orElseThrow()).orElseThrow(),
                    next.orElseThrow().timeMicros());
        }

        private long last(Digest chain, Operation.SignedWrite write) {
            return last.getOrDefault(signer(chain, write).orElseThrow(), Long.MIN_VALUE);
        }
    }

    /** No change is executed in two revisions. */
    static final class ExecutedOnce extends Invariant {
        private final Map<Digest, Long> revisions = new HashMap<>();

        @Override
        void onRevision(Revision revision) {
            executedIn(revision).ifPresent(record -> {
                Long before = revisions.put(text(record).digest(), revision.number());
                require(before == null, revision, "executes once more what revision " + before + " did");
            });
        }
    }

    /** What was withdrawn, or conflicted, neither waits nor is executed afterwards. */
    static final class WithdrawnStaysWithdrawn extends Invariant {
        private final Set<Digest> over = new HashSet<>();

        @Override
        void onRevision(Revision revision) {
            for (KeyVersion waiting : live(revision, LedgerKeys.ALL_PENDING)) {
                requireNotOver(digest(waiting), revision);
            }
            for (KeyVersion version : live(revision, LedgerKeys.ALL_SETTLED)) {
                switch (ChangeRecord.decode(LedgerRevisions.value(version)).standing()) {
                    case WITHDRAWN, CONFLICTED -> over.add(digest(version));
                    case EXECUTED -> requireNotOver(digest(version), revision);
                    case PENDING -> require(false, revision, "settles a change that waits");
                    case REFUSED -> require(false, revision, "keeps a change that was refused");
                }
            }
        }

        private void requireNotOver(Digest change, Revision revision) {
            require(!over.contains(change), revision, "brings back a change that was over");
        }

        private static Digest digest(KeyVersion record) {
            Bytes key = record.key();
            return Digest.read(key.shared(), key.size() - Digest.BYTES);
        }
    }

    private static List<KeyVersion> live(Revision revision, KeySpan records) {
        return revision.ledger().stream()
                .filter(version -> version.isLive() && records.contains(version.key()))
                .toList();
    }

    private static Optional<ChangeRecord> executedIn(Revision revision) {
        return live(revision, LedgerKeys.ALL_SETTLED).stream()
                .map(version -> ChangeRecord.decode(LedgerRevisions.value(version)))
                .filter(record -> record.standing() == ChangeStanding.EXECUTED)
                .findFirst();
    }

    private static SignedText text(ChangeRecord record) {
        try {
            return SignedText.parse(record.text());
        } catch (ChangeException e) {
            throw new IllegalStateException("the ledger holds a text that is no change", e);
        }
    }
}
