package dev.cairn.kv.auth;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The one place where etcd's permissions decide. It looks at the whole of an operation, both branches of every transaction in it,
 * and what is not permitted is refused. Operations that people's or nodes' signatures decide on are none of its business: guards
 * rule there.
 */
public final class Authoriser {
    private final AuthStatus status;
    private final Function<Bytes, Optional<Permitted>> permitted;
    private final Attachments attachments;

    /**
     * Decides at one state.
     *
     * @param permitted what a user may do; nothing for one whom nobody knows
     */
    public Authoriser(AuthStatus status, Function<Bytes, Optional<Permitted>> permitted, Attachments attachments) {
        this.status = status;
        this.permitted = permitted;
        this.attachments = attachments;
    }

    /** Why an operation as it stands in the log is not done. */
    public Optional<KvError> refusal(Operation operation) {
        return switch (operation) {
            case Operation.OnBehalf(Bytes user, long authRevision, Operation asked) ->
                refusal(Optional.of(new Caller(user, authRevision)), asked);
            case Operation.Unique unique -> refusal(unique.operation());
            case Operation.OpenSession _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _ -> Optional.empty();
            // One for many clients: the gateway has asked for each, and is believed as it is about who they are.
            case LeaseOperation.KeepAlive _ -> Optional.empty();
            case Operation.Put _,
                    Operation.DeleteRange _,
                    Operation.Range _,
                    Operation.Txn _,
                    Operation.Compact _,
                    LeaseOperation.Grant _,
                    LeaseOperation.Revoke _,
                    UpkeepOperation _,
                    AuthOperation _ -> refusal(Optional.empty(), operation);
        };
    }

    /** Why the caller's operation is not done, in the log or outside it. */
    public Optional<KvError> refusal(Optional<Caller> caller, Operation operation) {
        return switch (operation) {
            case Operation.Put _, Operation.DeleteRange _, Operation.Range _, Operation.Txn _ ->
                onKeys(caller, user -> new Inspection(user, attachments).permits(operation));
            case Operation.Compact _, UpkeepOperation _, AuthOperation _ -> rootRefusal(caller);
            case LeaseOperation.Grant _ -> userRefusal(caller);
            case LeaseOperation.Revoke(long id) -> leaseWriteRefusal(caller, id);
            case Operation.OpenSession _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _,
                    Operation.Unique _,
                    Operation.OnBehalf _,
                    LeaseOperation.KeepAlive _ -> Optional.of(KvError.MALFORMED);
        };
    }

    /** Why the caller must not see the keys of the span. */
    public Optional<KvError> readRefusal(Optional<Caller> caller, KeySpan span) {
        return onKeys(caller, user -> user.mayRead(span));
    }

    /** Why the caller must not be told which keys are attached to the lease. */
    public Optional<KvError> leaseReadRefusal(Optional<Caller> caller, long lease) {
        return onKeys(caller, user -> user.mayReadAll(attachments, lease));
    }

    /** Why the caller must not end the lease, keep it alive, or attach a key to it: whoever may has a say in all its keys. */
    public Optional<KvError> leaseWriteRefusal(Optional<Caller> caller, long lease) {
        return onKeys(caller, user -> user.mayWriteAll(attachments, lease));
    }

    /** Why the caller must not do what is root's alone. As in etcd, old permissions do not matter for it. */
    public Optional<KvError> rootRefusal(Optional<Caller> caller) {
        if (!status.enabled()) {
            return Optional.empty();
        }
        if (caller.isEmpty()) {
            return Optional.of(KvError.USER_EMPTY);
        }
        Optional<Permitted> user = permitted.apply(caller.get().user());
        if (user.isEmpty()) {
            return Optional.of(KvError.USER_NOT_FOUND);
        }
        return user.get().everything() ? Optional.empty() : Optional.of(KvError.PERMISSION_DENIED);
    }

    /** Why the caller must not do what every user may. */
    public Optional<KvError> userRefusal(Optional<Caller> caller) {
        return status.enabled() && caller.isEmpty() ? Optional.of(KvError.USER_EMPTY) : Optional.empty();
    }

    private Optional<KvError> onKeys(Optional<Caller> caller, Predicate<Permitted> permits) {
        if (!status.enabled()) {
            return Optional.empty();
        }
        if (caller.isEmpty()) {
            return Optional.of(KvError.USER_EMPTY);
        }
        if (caller.get().authRevision() < status.revision()) {
            return Optional.of(KvError.AUTH_OLD_REVISION);
        }
        boolean isPermitted =
                permitted.apply(caller.get().user()).filter(permits).isPresent();
        return isPermitted ? Optional.empty() : Optional.of(KvError.PERMISSION_DENIED);
    }
}
