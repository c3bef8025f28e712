package dev.cairn.kv.guard;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.GovernanceText;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may change what in a cluster. It has one text, which stands in the genesis document and, once it was changed, in the
 * state.
 *
 * @param registry everybody who signs
 * @param guards what decides on keys, and on everything else
 * @param recovery admits changes of the governance, alone and instead of the other guards
 * @param gatewayRights what gateways may do without signatures, beside writing to open prefixes
 * @param keepRevisions so many of the newest revisions are never compacted away
 */
public record Governance(
        Registry registry, GuardTable guards, Optional<Guard> recovery, Set<Right> gatewayRights, long keepRevisions) {

    /** Nobody governs: gateways may do everything, and that can never change. For tests and for trying things out. */
    public static final Governance OPEN = new Governance(
            new Registry(List.of()),
            new GuardTable(Optional.empty(), List.of(), List.of(Bytes.EMPTY)),
            Optional.empty(),
            EnumSet.allOf(Right.class),
            0);

    public static final long MAX_KEEP_REVISIONS = 999_999_999_999_999_999L;

    public Governance {
        gatewayRights = Collections.unmodifiableSet(
                gatewayRights.isEmpty() ? EnumSet.noneOf(Right.class) : EnumSet.copyOf(gatewayRights));
        requireScope(guards.registryGuard(), Scope.REGISTRY);
        requireScope(recovery, Scope.RECOVERY);
        if (keepRevisions < 0 || keepRevisions > MAX_KEEP_REVISIONS) {
            throw new IllegalArgumentException("0 to " + MAX_KEEP_REVISIONS + " revisions are kept, not "
                    + keepRevisions + "; correct the number");
        }
    }

    private static void requireScope(Optional<Guard> guard, Scope scope) {
        if (guard.isPresent() && !guard.get().scope().equals(scope)) {
            throw new IllegalArgumentException("the guard on "
                    + guard.get().scope().name() + " stands where one on " + scope.name() + " should; exchange it");
        }
    }

    /** Reads the text; refuses everything that {@link #text} would not have written. */
    public static Governance parse(Bytes text) throws ChangeException {
        return GovernanceText.parse(text);
    }

    /** The one text of this governance. */
    public Bytes text() {
        return GovernanceText.print(this);
    }

    /** Every guard: the registry's, recovery's, then those on prefixes in their order. */
    public List<Guard> allGuards() {
        List<Guard> all = new ArrayList<>();
        guards.registryGuard().ifPresent(all::add);
        recovery.ifPresent(all::add);
        for (Ruling ruling : guards.byPrefix().values()) {
            if (ruling instanceof Ruling.Guarded(Guard guard)) {
                all.add(guard);
            }
        }
        return all;
    }

    /** Whether the registry's guard decides on any part of the change at that time. */
    public boolean isRegistrys(AdminChange change, long nowSeconds) {
        Authority authority = new Authority(guards, new Electors(registry, nowSeconds));
        return change.operations().stream().anyMatch(authority::isRegistrys);
    }

    /** The guards that could not let anything pass at that time. */
    public List<Objection.DeadEnd> deadEnds(long nowSeconds) {
        Electors electors = new Electors(registry, nowSeconds);
        return allGuards().stream()
                .flatMap(guard -> electors.deadEnd(guard).stream())
                .toList();
    }

    /** Whether the holder of the key may write every key of the span by a signature alone, without a change. */
    public boolean mayWriteAlone(Registry.Holding signer, KeySpan span) {
        return guards.rulings(span).stream().allMatch(ruling -> switch (ruling) {
            case Ruling.Open _ -> true;
            case Ruling.Guarded(Guard guard) ->
                guard.isContentWith(signer.principal(), signer.key().key().kind());
            case Ruling.Closed _ -> false;
        });
    }

    /** Whether guards decide on every key of the span, and are content with a signature of that key's holder. */
    public boolean isKeptBy(Registry.Holding signer, KeySpan span) {
        return mayWriteAlone(signer, span) && guards.rulings(span).stream().allMatch(Ruling.Guarded.class::isInstance);
    }

    /** Which guard keeps a span, or a part of it, from being written without signatures, and who signs; it is not open. */
    public String guardedBecause(KeySpan span) {
        Ruling ruling =
                guards.firstNotOpen(span).orElseThrow(() -> new IllegalArgumentException("it is open: " + span));
        return switch (ruling) {
            case Ruling.Guarded(Guard guard) ->
                "only a signed change writes "
                        + (span.isSingle() ? ChangeText.printKey(span.from()) : "in that range") + ": the guard on "
                        + guard.scope().name() + " wants " + guard.threshold() + " of " + signers(guard)
                        + "; draft one with `cairn draft`";
            case Ruling.Closed _ -> new Objection.ClosedKey(span.from()).sentence();
            case Ruling.Open _ -> throw new IllegalStateException("not open and open: " + span);
        };
    }

    private String signers(Guard guard) {
        List<String> names = registry.principals().stream()
                .filter(guard::names)
                .map(person -> person.name().text())
                .toList();
        int named = Math.min(names.size(), Objection.SignaturesMissing.MAX_NAMES);
        int others = names.size() - named;
        return String.join(", ", names.subList(0, named)) + (others > 0 ? " and " + others + " more" : "");
    }

    /**
     * This governance after the change; whether it has the signatures it needs is not looked at. No guard that the change sets is
     * a dead end, somebody can change it again, and nothing in it counts otherwise at times before {@code nowSeconds}.
     */
    public Amendment apply(AdminChange change, long nowSeconds) {
        return new Amender(this, nowSeconds).apply(change.operations());
    }
}
