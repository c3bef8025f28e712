package dev.cairn.server.etcd;

import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.auth.Identity;
import dev.cairn.server.auth.Tokens;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Who makes a call, and what is not theirs to ask for, at the committed state. From any thread; never blocks. */
public final class Access {
    private final Store store;
    private final Tokens tokens;

    public Access(Store store, Tokens tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    Identity identify(Credentials credentials) {
        return identify(credentials, store.committed());
    }

    /** As one state knows them. */
    Identity identify(Credentials credentials, Committed state) {
        return Identity.of(credentials, state.auth(), tokens);
    }

    /** The operation as the caller asks for it; nothing if the token is worth nothing. */
    Optional<Operation> asked(Credentials credentials, Operation operation) {
        return switch (identify(credentials)) {
            case Identity.BadToken _ -> Optional.empty();
            case Identity.Known(Optional<Caller> caller) ->
                Optional.of(caller.<Operation>map(
                                each -> new Operation.OnBehalf(each.user(), each.authRevision(), operation))
                        .orElse(operation));
        };
    }

    /** Why the call is none of theirs unless they have the role root; nothing if they have. */
    public Optional<EtcdError> rootRefusal(Credentials credentials) {
        return refusal(credentials, Authoriser::rootRefusal);
    }

    /** Why the call is none of theirs, though every user may make it; nothing if it is. */
    public Optional<EtcdError> userRefusal(Credentials credentials) {
        return refusal(credentials, Authoriser::userRefusal);
    }

    /** Why they must not see those keys; nothing if they may. */
    public Optional<EtcdError> readRefusal(Credentials credentials, KeySpan span) {
        return refusal(credentials, (authoriser, caller) -> authoriser.readRefusal(caller, span));
    }

    /** Why they must not keep the lease alive; nothing if they may. */
    Optional<EtcdError> keepAliveRefusal(Credentials credentials, long lease) {
        return refusal(credentials, (authoriser, caller) -> authoriser.leaseWriteRefusal(caller, lease));
    }

    /** Why they must not be told which keys are attached to these leases in that state; nothing if they may. */
    Optional<EtcdError> leaseReadRefusal(Credentials credentials, Committed state, List<Long> leases) {
        return refusal(
                credentials,
                state,
                (authoriser, caller) -> leases.stream()
                        .flatMap(lease -> authoriser.leaseReadRefusal(caller, lease).stream())
                        .findFirst());
    }

    /**
     * Why a caller who wrote the operation's own bytes must not have it ordered: it names somebody who they are not, or newer
     * permissions than they were known by. Nothing if it speaks on nobody's behalf.
     */
    public Optional<EtcdError> behalfRefusal(Credentials credentials, Operation operation) {
        Operation inner = operation instanceof Operation.Unique unique ? unique.operation() : operation;
        if (inner instanceof LeaseOperation.KeepAlive) {
            return rootRefusal(credentials); // the log asks nobody for it
        }
        if (!(inner instanceof Operation.OnBehalf onBehalf)) {
            return Optional.empty();
        }
        return switch (identify(credentials)) {
            case Identity.BadToken _ -> Optional.of(EtcdError.INVALID_AUTH_TOKEN);
            case Identity.Known(Optional<Caller> caller) ->
                caller.filter(each -> each.user().equals(onBehalf.user())
                                        && onBehalf.authRevision() <= each.authRevision())
                                .isPresent()
                        ? Optional.empty()
                        : Optional.of(EtcdError.PERMISSION_DENIED);
        };
    }

    private Optional<EtcdError> refusal(
            Credentials credentials, BiFunction<Authoriser, Optional<Caller>, Optional<KvError>> decision) {
        return refusal(credentials, store.committed(), decision);
    }

    private Optional<EtcdError> refusal(
            Credentials credentials,
            Committed state,
            BiFunction<Authoriser, Optional<Caller>, Optional<KvError>> decision) {
        return switch (identify(credentials, state)) {
            case Identity.BadToken _ -> Optional.of(EtcdError.INVALID_AUTH_TOKEN);
            case Identity.Known(Optional<Caller> caller) ->
                decision.apply(state.authoriser(), caller).map(EtcdError::of);
        };
    }
}
