package dev.cairn.kv;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a gateway may do without anybody's signature. An operation is refused whole if anything that it <em>may</em> write
 * is guarded: whichever branch a transaction would take, whether the keys of a range exist or not.
 */
public final class Unsigned {
    private final Governance governance;

    public Unsigned(Governance governance) {
        this.governance = governance;
    }

    public Optional<KvError> refusal(Operation operation) {
        return allows(operation) ? Optional.empty() : Optional.of(KvError.GUARDED);
    }

    private boolean allows(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> allows(KeySpan.single(put.key()));
            case Operation.DeleteRange delete -> allows(KeySpan.of(delete.key(), delete.rangeEnd()));
            case Operation.Txn txn -> allowsAll(txn.success()) && allowsAll(txn.failure());
            case Operation.Compact _ -> governance.gatewayRights().contains(Right.COMPACT);
            case AuthOperation _ -> governance.gatewayRights().contains(Right.AUTH);
            case Operation.Unique unique -> allows(unique.operation());
            case Operation.OnBehalf onBehalf -> allows(onBehalf.operation());
            // What these write is decided on by the signatures in them.
            case Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _ -> true;
            // A lease takes no key with it on which a guard decides.
            case LeaseOperation _ -> true;
            case Operation.Range _, Operation.OpenSession _ -> true;
            case UpkeepOperation upkeep ->
                right(upkeep).map(governance.gatewayRights()::contains).orElse(true);
        };
    }

    /** What a gateway needs for it, if anything. Whoever takes back {@link Alarm.Kind#NOSPACE} gets no more room by that. */
    private static Optional<Right> right(UpkeepOperation operation) {
        return switch (operation) {
            case UpkeepOperation.RaiseAlarm _ -> Optional.of(Right.ALARM);
            case UpkeepOperation.DisarmAlarm(Alarm alarm) ->
                alarm.kind() == Alarm.Kind.NOSPACE ? Optional.empty() : Optional.of(Right.ALARM);
            case UpkeepOperation.RaiseRevision _ -> Optional.of(Right.IMPORT);
        };
    }

    private boolean allowsAll(List<Operation> operations) {
        return operations.stream().allMatch(this::allows);
    }

    private boolean allows(KeySpan span) {
        return governance.guards().isOpen(span);
    }

    /** Why an operation is refused: which guard decides there, and who signs. Nothing if it is not. */
    public Optional<String> reason(Operation operation) {
        if (allows(operation)) {
            return Optional.empty();
        }
        Optional<KeySpan> guarded =
                writes(operation).filter(span -> !allows(span)).findFirst();
        return Optional.of(guarded.map(governance::guardedBecause).orElseGet(() -> missingRight(operation)));
    }

    /** Why a gateway may not do what this right is for; nothing if it may. */
    public Optional<String> reason(Right right) {
        return governance.gatewayRights().contains(right) ? Optional.empty() : Optional.of(missing(right));
    }

    private String missing(Right right) {
        return "gateways have no right \"" + right.word() + "\" here; "
                + giving(right, "a signed change gives it: `cairn admin --gateways-may " + right.word() + "`");
    }

    private String missingRight(Operation operation) {
        return switch (operation) {
            case Operation.Unique unique -> missingRight(unique.operation());
            case Operation.OnBehalf onBehalf -> missingRight(onBehalf.operation());
            case AuthOperation _ ->
                "users and roles do not change here: gateways have no right to; "
                        + giving(Right.AUTH, "give it with `cairn admin --gateways-may auth`");
            case UpkeepOperation upkeep -> missing(right(upkeep).orElseThrow());
            case Operation.Compact _ ->
                isForGood()
                        ? "gateways have no right to compact here; " + giving(Right.COMPACT, "")
                        : "only a signed change compacts here; draft one with `cairn admin --compact REVISION`";
            case Operation.Put _,
                    Operation.DeleteRange _,
                    Operation.Range _,
                    Operation.Txn _,
                    Operation.OpenSession _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _,
                    LeaseOperation _ -> throw new IllegalStateException("it needs no right: " + operation);
        };
    }

    private String giving(Right right, String bySignature) {
        return isForGood()
                ? "nobody can give it any more, because this cluster was founded without people who sign; found one with"
                        + " `cairn init --gateways-may " + right.word() + "`"
                : bySignature;
    }

    /** Whether nobody's signature changes who may do what. */
    private boolean isForGood() {
        return governance.guards().registryGuard().isEmpty()
                && governance.recovery().isEmpty();
    }

    /** The keys to which an operation may attach a lease: of both branches of a transaction. */
    static Stream<Bytes> leased(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> put.lease() == 0 ? Stream.of() : Stream.of(put.key());
            case Operation.Txn txn ->
                Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(Unsigned::leased);
            case Operation.Unique unique -> leased(unique.operation());
            case Operation.OnBehalf onBehalf -> leased(onBehalf.operation());
            case Operation.DeleteRange _,
                    Operation.Range _,
                    Operation.Compact _,
                    Operation.OpenSession _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _,
                    LeaseOperation _,
                    AuthOperation _,
                    UpkeepOperation _ -> Stream.of();
        };
    }

    /** What an operation may read or compare, beside what it {@linkplain #writes may write}; both branches of a transaction. */
    static Stream<KeySpan> reads(Operation operation) {
        return switch (operation) {
            case Operation.Range range -> Stream.of(KeySpan.of(range.key(), range.rangeEnd()));
            case Operation.Txn txn ->
                Stream.concat(
                        txn.compares().stream().map(compare -> KeySpan.of(compare.key(), compare.rangeEnd())),
                        Stream.concat(txn.success().stream(), txn.failure().stream())
                                .flatMap(Unsigned::reads));
            case Operation.Unique unique -> reads(unique.operation());
            case Operation.OnBehalf onBehalf -> reads(onBehalf.operation());
            case Operation.Put _,
                    Operation.DeleteRange _,
                    Operation.Compact _,
                    Operation.OpenSession _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _,
                    LeaseOperation _,
                    AuthOperation _,
                    UpkeepOperation _ -> Stream.of();
        };
    }

    /** What an operation may write: of both branches of a transaction, and whether the keys of a range exist or not. */
    static Stream<KeySpan> writes(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> Stream.of(KeySpan.single(put.key()));
            case Operation.DeleteRange delete -> Stream.of(KeySpan.of(delete.key(), delete.rangeEnd()));
            case Operation.Txn txn ->
                Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(Unsigned::writes);
            case Operation.Unique unique -> writes(unique.operation());
            case Operation.OnBehalf onBehalf -> writes(onBehalf.operation());
            case Operation.Range _,
                    Operation.Compact _,
                    Operation.OpenSession _,
                    LeaseOperation _,
                    AuthOperation _,
                    UpkeepOperation _ -> Stream.of();
            case Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _ -> Stream.of();
        };
    }
}
