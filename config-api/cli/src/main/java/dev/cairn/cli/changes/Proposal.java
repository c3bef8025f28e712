package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A change that can be shown and signed.
 *
 * @param values of a change of keys, which are those that its text names; a change of governance has none
 * @param evidence the signatures that are at hand
 */
record Proposal(SignedText text, Optional<ChangeValues> values, List<Evidence> evidence) {
    Proposal {
        evidence = List.copyOf(evidence);
    }

    /** The draft in a file, or the change that waits and whose digest begins so. */
    static Proposal find(String fileOrDigest, Ledger ledger) throws Failure, NotVerifiedException {
        Path file = Path.of(fileOrDigest);
        return Files.exists(file) ? ofFiles(new ChangeFiles(file)) : waiting(fileOrDigest, ledger);
    }

    static Proposal ofFiles(ChangeFiles files) throws Failure {
        SignedText text = Texts.parse(files.text(), files.readText());
        Optional<ChangeValues> values =
                text instanceof Change change ? Optional.of(files.readValues(change)) : Optional.empty();
        List<Evidence> evidence = files.readSignatures().stream()
                .map(content -> new Evidence(content.file().toString(), content.bytes()))
                .toList();
        return new Proposal(text, values, evidence);
    }

    /** The change that waits: of a draft's file, or whose digest begins so. */
    static Proposal waiting(String fileOrDigest, Ledger ledger) throws Failure, NotVerifiedException {
        ChangeRecord record = ledger.require(fileOrDigest);
        if (record.standing() != ChangeStanding.PENDING) {
            throw new Failure("the change does not wait any more: it is " + StandingText.word(record.standing()) + "; "
                    + (record.standing() == ChangeStanding.EXECUTED ? "see `cairn log`" : "draft it anew"));
        }
        SignedText text = Texts.parse(record);
        Optional<ChangeValues> values =
                text instanceof Change change ? Optional.of(values(change, ledger)) : Optional.empty();
        return new Proposal(text, values, evidence(record));
    }

    /** The change that waits, or the signed draft in a file that never arrived: somebody may hold it back. */
    static Proposal toWithdraw(String fileOrDigest, Ledger ledger) throws Failure, NotVerifiedException {
        Path file = Path.of(fileOrDigest);
        if (!Files.exists(file)) {
            return waiting(fileOrDigest, ledger);
        }
        Proposal draft = ofFiles(new ChangeFiles(file));
        boolean hasArrived = ledger.find(draft.text().digest()).isPresent();
        return hasArrived ? waiting(fileOrDigest, ledger) : draft;
    }

    static List<Evidence> evidence(ChangeRecord record) {
        return record.signatures().stream()
                .map(taken -> new Evidence("taken in at " + UtcTime.print(taken.seconds()), taken.signature()))
                .toList();
    }

    private static ChangeValues values(Change change, Ledger ledger) throws Failure, NotVerifiedException {
        Map<Bytes, Bytes> byKey = new HashMap<>();
        Map<Bytes, Bytes> there = ledger.values(change.digest());
        int index = 0;
        for (ChangeOperation operation : change.operations()) {
            if (operation instanceof ChangeOperation.Put put) {
                Bytes value = there.get(LedgerKeys.value(change.digest(), index++));
                if (value == null) {
                    throw new Failure("the value of key " + ChangeText.printKey(put.key())
                            + " has not come yet; submit the change again from where its values are");
                }
                byKey.put(put.key(), value);
            }
        }
        try {
            return ChangeValues.bind(change, byKey);
        } catch (ChangeException e) {
            throw new Failure("the cluster holds another value: " + e.getMessage(), e);
        }
    }
}
