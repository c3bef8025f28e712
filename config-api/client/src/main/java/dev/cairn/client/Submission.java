package dev.cairn.client;

import dev.cairn.client.Calls.Asked;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An operation with a nonce of its own, on its way to one replica after another. Used by one thread. */
final class Submission implements Calls.Order<SubmitRequest> {
    private final Calls calls;
    private final Pin pin;
    private final Optional<Login> login;
    private final Operation operation;
    private final Digest nonce;
    private Optional<SignedIn> user = Optional.empty();

    /** As it was last sent. */
    private Bytes operations = Bytes.EMPTY;

    Submission(Calls calls, Pin pin, Optional<Login> login, Operation operation) {
        this.calls = calls;
        this.pin = pin;
        this.login = login;
        this.operation = operation;
        this.nonce = calls.nonce();
    }

    /** Signatures answer for themselves. */
    @Override
    public boolean isUsers() {
        return !operation.isSigned();
    }

    @Override
    public SubmitRequest of(HeadWanted head, Optional<SignedIn> known) {
        user = known;
        operations = OperationCodec.encode(List.of(new Operation.Unique(nonce, asked())));
        return SubmitRequest.newBuilder()
                .setHead(head)
                .setOperations(Calls.raw(operations))
                .build();
    }

    /** Where permissions are not enabled nobody needs to speak for anybody. */
    private Operation asked() {
        OptionalLong revision = user.map(SignedIn::authRevision).orElse(OptionalLong.empty());
        return revision.isPresent()
                ? new Operation.OnBehalf(Bytes.utf8(login.orElseThrow().user()), revision.getAsLong(), operation)
                : operation;
    }

    /** Whether it is proven not to be done because permissions have changed meanwhile; then the user is to sign in anew. */
    boolean isOutdated(Outcome outcome) {
        boolean isRefused = outcome instanceof Outcome.Failed(long _, KvError error)
                && (error == KvError.AUTH_OLD_REVISION || error == KvError.USER_EMPTY);
        if (isRefused) {
            user.ifPresent(calls.replicas()::forget);
        }
        return isRefused && user.isPresent();
    }

    Receipt receipt(Asked<SubmitResponse> asked) throws RefusedException {
        SubmitResponse response = asked.response();
        Header header = Ancestors.header(asked.head(), response.hasBlock(), response.getBlock(), calls.verifier());
        if (!header.height().isAbove(asked.base().height())) {
            throw new RefusedException(new Refusal.Unproven("the receipt is of " + header.height()
                    + ", which was certified before the operation was submitted"));
        }
        RequestId id = new RequestId(new ClientId(response.getClient()), response.getSession(), response.getSequence());
        Digest digest = Hashing.sha256(Request.signedBytes(pin.chainId(), id, operations));
        Answer.Receipt answer = Proofs.require(
                Verifier.verify(header, new Question.Receipt(id, digest, false), Calls.bytes(response.getReceipt())));
        if (answer.outcome() instanceof RequestOutcome.Executed(var outcomes) && outcomes.size() == 1) {
            return new Receipt(header, id, outcomes.getFirst());
        }
        throw new RefusedException(
                new Refusal.Unproven("the cluster did not execute the operation: " + answer.outcome()));
    }
}
