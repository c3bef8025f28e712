package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Signatures;
import dev.cairn.ssh.SignedMessage;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import java.util.Optional;

/**
 * What can be told of a signed operation by itself: whether its signature holds, whether its text reads, whether its values are
 * the ones that the text names. Nearly all that a change costs is here, and it is remembered: so it can be done ahead of
 * execution, on any thread, and a gateway can refuse what no state would accept.
 *
 * <p>Who signed is asked first: of somebody whom the registry does not know nothing is looked at.
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

    ReadTexts texts() {
        return texts;
    }

    /**
     * What is wrong with an operation whatever the state is, in one line that says what to do. Nothing is said of whoever is not
     * in the registry: that may change before the operation is executed.
     *
     * @param registry of a state that is not older than it need be
     */
    Optional<String> fault(Operation operation, Registry registry) {
        try {
            switch (operation) {
                case Operation.SubmitChange submit -> require(submit, registry);
                case Operation.EndorseChange endorse -> require(endorse, registry);
                case Operation.SignedWrite write -> require(write, registry);
                case Operation.Unique unique -> {
                    return fault(unique.operation(), registry);
                }
                case Operation.StageValues _ -> {} // which values they are, the state says
                case Operation.Put _,
                        Operation.DeleteRange _,
                        Operation.Range _,
                        Operation.Txn _,
                        Operation.Compact _,
                        Operation.OpenSession _,
                        LeaseOperation _,
                        Operation.OnBehalf _,
                        AuthOperation _,
                        UpkeepOperation _ -> {}
            }
            return Optional.empty();
        } catch (ChangeException e) {
            return Optional.of(e.getMessage());
        } catch (SshException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void require(Operation.SubmitChange submit, Registry registry) throws ChangeException, SshException {
        LedgerTexts.requireSize(submit.text());
        SshSignature signature = SshSignature.parse(submit.signature());
        Optional<Registry.Holding> holding = registry.holderOf(signature.keyBlob());
        if (holding.isEmpty()) {
            return;
        }
        SignedMessage text = SignedMessage.of(submit.text());
        if (LedgerTexts.isWithdrawal(signature)) {
            Bytes withdrawal = new Endorsement(Endorsement.Kind.WITHDRAWAL, chain, text.digest()).text();
            verify(signature, submit.signature(), holding.get(), Purpose.WITHDRAW, SignedMessage.of(withdrawal));
        } else {
            verify(signature, submit.signature(), holding.get(), SignedText.purposeOf(text.text()), text);
        }
        LedgerTexts.requireValues(texts.read(text), 0, submit.values());
    }

    private void require(Operation.EndorseChange endorse, Registry registry) throws ChangeException, SshException {
        Endorsement endorsement = LedgerTexts.endorsement(endorse.text());
        SshSignature signature = SshSignature.parse(endorse.signature());
        Optional<Registry.Holding> holding = registry.holderOf(signature.keyBlob());
        if (holding.isPresent()) {
            Purpose purpose = endorsement.kind().purpose();
            verify(signature, endorse.signature(), holding.get(), purpose, SignedMessage.of(endorse.text()));
        }
    }

    private void require(Operation.SignedWrite write, Registry registry) throws SshException {
        SshSignature signature = SshSignature.parse(write.signature());
        Optional<Registry.Holding> holding = registry.holderOf(signature.keyBlob());
        if (holding.isPresent()) {
            verifyWrite(write, signature, holding.get());
        }
    }

    /** Verifies that the holder signed the write; the signature is the one in it, read. */
    Digest verifyWrite(Operation.SignedWrite write, SshSignature signature, Registry.Holding holding)
            throws SshException {
        SignedMessage message = SignedMessage.of(WriteText.of(chain, write).text());
        signatures.verify(signature, write.signature(), holding.key().key(), WriteText.NAMESPACE, message);
        return message.digest();
    }

    private void verify(
            SshSignature signature, Bytes armoured, Registry.Holding holding, Purpose purpose, SignedMessage message)
            throws SshException {
        signatures.verify(signature, armoured, holding.key().key(), purpose.namespace(), message);
    }
}
