package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Signatures;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import java.util.Optional;

/**
 * What can be told of a signed operation without any state: whether its text reads, whether its values are the ones that the
 * text names, whether its signature holds. Nearly all that a change costs is here, and it is remembered: so it can be done
 * ahead of execution, on any thread, and a gateway can refuse what no state would accept.
 */
final class Scrutiny {
    private final Digest chain;
    private final ReadTexts texts = new ReadTexts();
    private final Signatures signatures = new Signatures();

    Scrutiny(Digest chain) {
        this.chain = chain;
    }

    Signatures signatures() {
        return signatures;
    }

    ReadText text(Bytes text) throws ChangeException {
        return texts.read(text);
    }

    /** The text with this digest. */
    ReadText text(Digest digest, Bytes text) throws ChangeException {
        return texts.read(digest, text);
    }

    /** What is wrong with an operation whatever the state is, in one line that says what to do. */
    Optional<String> fault(Operation operation) {
        try {
            switch (operation) {
                case Operation.SubmitChange submit -> require(submit);
                case Operation.EndorseChange endorse -> require(endorse);
                case Operation.Unique unique -> {
                    return fault(unique.operation());
                }
                case Operation.StageValue _ -> {} // which value it is, the state says
                case Operation.Put _,
                        Operation.DeleteRange _,
                        Operation.Range _,
                        Operation.Txn _,
                        Operation.Compact _,
                        Operation.OpenSession _ -> {}
            }
            return Optional.empty();
        } catch (ChangeException e) {
            return Optional.of(e.getMessage());
        } catch (SshException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void require(Operation.SubmitChange submit) throws ChangeException, SshException {
        ReadText change = text(submit.text());
        LedgerTexts.requireValues(change, submit.values());
        if (LedgerTexts.isWithdrawal(submit.signature())) {
            Bytes withdrawal = new Endorsement(Endorsement.Kind.WITHDRAWAL, chain, change.digest()).text();
            verify(submit.signature(), Purpose.WITHDRAW, withdrawal);
        } else {
            verify(submit.signature(), change.content().purpose(), submit.text());
        }
    }

    private void require(Operation.EndorseChange endorse) throws ChangeException, SshException {
        Endorsement endorsement = LedgerTexts.endorsement(endorse.text());
        verify(endorse.signature(), endorsement.kind().purpose(), endorse.text());
    }

    /** By the key that the signature itself names: whose that is, the state says. */
    private void verify(Bytes armoured, Purpose purpose, Bytes text) throws SshException {
        signatures.verify(SshSignature.parse(armoured), armoured, purpose.namespace(), text);
    }
}
