package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.ChangeRefusal;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import java.util.List;

/** What belongs to a signed text in an operation, checked against it. */
final class LedgerTexts {
    private LedgerTexts() {}

    /** What is larger is not even hashed. */
    static void requireSize(Bytes text) throws ChangeException {
        if (text.size() > ChangeLimits.MAX_TEXT_BYTES) {
            throw new ChangeException(
                    ChangeRefusal.TOO_LARGE,
                    "a change has at most " + ChangeLimits.MAX_TEXT_BYTES + " bytes, not " + text.size()
                            + "; split it");
        }
    }

    /** They are those of its first puts, in their order; the others may be staged later. */
    static void requireValues(ReadText change, List<Bytes> values) throws ChangeException {
        if (values.size() > change.puts().size()) {
            throw new ChangeException(
                    ChangeRefusal.SURPLUS_VALUE,
                    values.size() + " values came with a change of "
                            + change.puts().size() + " puts; send one for each, in their order");
        }
        for (int i = 0; i < values.size(); i++) {
            ChangeValues.requireSame(change.puts().get(i), values.get(i));
        }
    }

    static void requireValue(ReadText change, int index, Bytes value) throws ChangeException {
        if (index < 0 || index >= change.puts().size()) {
            throw new ChangeException(
                    ChangeRefusal.SURPLUS_VALUE,
                    "the change has " + change.puts().size() + " puts, counted from 0, and none is number " + index);
        }
        ChangeValues.requireSame(change.puts().get(index), value);
    }

    /** By its first line it is an approval or a withdrawal. */
    static Endorsement endorsement(Bytes text) throws ChangeException {
        boolean isWithdrawal = text.startsWith(Bytes.utf8("cairn-withdraw-"));
        return Endorsement.parse(isWithdrawal ? Endorsement.Kind.WITHDRAWAL : Endorsement.Kind.APPROVAL, text);
    }

    static boolean isWithdrawal(SshSignature signature) {
        return signature.namespace().equals(Purpose.WITHDRAW.namespace());
    }

    /** The same; a signature that cannot be read was made for nothing. */
    static boolean isWithdrawal(Bytes signature) {
        try {
            return isWithdrawal(SshSignature.parse(signature));
        } catch (SshException _) {
            return false;
        }
    }
}
