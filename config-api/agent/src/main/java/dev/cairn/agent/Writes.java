package dev.cairn.agent;

import dev.cairn.client.CairnClient;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Receipt;
import dev.cairn.client.Verified;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes, acknowledged by what their receipt proves. With a key they are signed in the node's name, one after another, because a
 * later one makes an earlier one void: so none that was given up is done behind the next. Without one they are a gateway's, and
 * reach open prefixes alone. Where a signature is proven not to count, because permissions are enabled and the key is open, the
 * write is the user's, if there is one. For many threads; callers are bounded by who calls.
 */
public final class Writes {
    private final CairnClient client;
    private final Refusals refusals;
    private final Optional<NodeKey> key;
    private final boolean asUser;
    private final WriteClock clock;
    private final ReentrantLock turn = new ReentrantLock(true);

    /**
     * Writes nothing yet.
     *
     * @param asUser whether the client has a user, who may write what a key may not once permissions are enabled
     */
    public Writes(CairnClient client, Refusals refusals, Optional<NodeKey> key, boolean asUser, InstantSource clock) {
        this.asUser = asUser;
        this.client = client;
        this.refusals = refusals;
        this.key = key;
        this.clock = new WriteClock(clock, new ProvenTime(client, refusals));
    }

    /** Whom the writes are signed by. */
    public Optional<NodeKey> signer() {
        return key;
    }

    /**
     * Has the operation done once.
     *
     * @throws NotVerifiedException no receipt came back; it may have been done
     * @throws AnswerLostException it was done, and what it read did not come back
     * @throws WrongClockException it was not signed, nor sent
     */
    public Outcome write(Operation operation) throws NotVerifiedException, AnswerLostException, WrongClockException {
        if (key.isEmpty() || !isWrite(operation)) {
            return noting(() -> client.submit(operation)).outcome();
        }
        Outcome signed = signed(key.get(), operation);
        boolean isTheUsers =
                asUser && signed instanceof Outcome.Failed(long _, KvError error) && error == KvError.PERMISSION_DENIED;
        return isTheUsers ? noting(() -> client.submit(operation)).outcome() : signed;
    }

    private Outcome signed(NodeKey signer, Operation operation)
            throws NotVerifiedException, AnswerLostException, WrongClockException {
        if (operation instanceof Operation.Put put && put.prevKv()) {
            // A put that is answered once more does not show that its earlier value is left out; a transaction does.
            Outcome outcome = sign(signer, new Operation.Txn(List.of(), List.of(put), List.of()));
            return outcome instanceof Outcome.Txn txn ? txn.responses().getFirst() : outcome;
        }
        return sign(signer, operation);
    }

    private Outcome sign(NodeKey signer, Operation operation)
            throws NotVerifiedException, AnswerLostException, WrongClockException {
        turn.lock();
        try {
            long micros = clock.next();
            Bytes text = WriteText.of(client.pin().chainId(), micros, operation).text();
            Operation.SignedWrite write =
                    new Operation.SignedWrite(micros, operation, signer.key().sign(WriteText.NAMESPACE, text));
            Outcome outcome = noting(() -> client.submitSigned(write)).outcome();
            if (!isWhole(operation, outcome)) {
                throw new AnswerLostException(outcome.revision());
            }
            return outcome;
        } finally {
            turn.unlock();
        }
    }

    private interface Call {
        Verified<Receipt> make() throws NotVerifiedException;
    }

    private Receipt noting(Call call) throws NotVerifiedException {
        return refusals.noting(call.make()).value();
    }

    private static boolean isWrite(Operation operation) {
        return switch (operation) {
            case Operation.Put _, Operation.DeleteRange _ -> true;
            case Operation.Txn txn ->
                txn.success().stream().anyMatch(Writes::isWrite)
                        || txn.failure().stream().anyMatch(Writes::isWrite);
            case Operation.Range _, Operation.Compact _, Operation.OpenSession _, LeaseOperation _, UpkeepOperation _ ->
                false;
            case Operation.SubmitChange _, Operation.StageValues _, Operation.EndorseChange _ -> false;
            case Operation.SignedWrite _, Operation.Unique _ -> false;
            case Operation.OnBehalf _, AuthOperation _ -> false;
        };
    }

    /** Once more, a write is answered without what it read: a replica may have kept the first answer back. */
    private static boolean isWhole(Operation operation, Outcome outcome) {
        if (outcome instanceof Outcome.Txn done && operation instanceof Operation.Txn txn) {
            List<Operation> branch = done.succeeded() ? txn.success() : txn.failure();
            return done.responses().size() == branch.size();
        }
        if (outcome instanceof Outcome.Deleted deleted && operation instanceof Operation.DeleteRange delete) {
            return !delete.prevKv() || deleted.previous().size() == deleted.count();
        }
        return true;
    }
}
