package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.ChangeOperation;
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

    /**
     * They are those of consecutive puts, in their order; the others may come later.
     *
     * @param first the put, counted from 0, whose value is the first
     */
    static void requireValues(ReadText change, int first, List<Bytes> values) throws ChangeException {
        List<ChangeOperation.Put> puts = change.puts();
        if (first < 0 || first > puts.size() - values.size()) {
            throw new ChangeException(
                    ChangeRefusal.SURPLUS_VALUE,
                    values.size() + " values came, from that of put " + first + " on, with a change of " + puts.size()
                            + " puts, counted from 0; send one for each, in their order");
        }
        for (int i = 0; i < values.size(); i++) {
            ChangeValues.requireSame(puts.get(first + i), values.get(i));
        }
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
