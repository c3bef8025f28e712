package dev.cairn.cli.changes;

import dev.cairn.genesis.json.Json;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** All of a governance in words, to be read before it is relied on. */
public final class GovernanceReview {
    private final Governance governance;
    private final long atSeconds;
    private final List<String> lines = new ArrayList<>();

    private GovernanceReview(Governance governance, long atSeconds) {
        this.governance = governance;
        this.atSeconds = atSeconds;
    }

    /**
     * One line for each principal, key, guard and freedom, under headings.
     *
     * @param atSeconds when lifetimes are looked at, in seconds since 1970
     */
    public static List<String> lines(Governance governance, long atSeconds) {
        GovernanceReview review = new GovernanceReview(governance, atSeconds);
        review.whoSigns();
        review.whatNeedsSignatures();
        review.whatNeedsNone();
        return review.lines;
    }

    private void whoSigns() {
        lines.add("Who signs:");
        for (Principal principal : governance.registry().principals()) {
            PrincipalText.lines(principal, atSeconds).forEach(this::item);
        }
        if (governance.registry().principals().isEmpty()) {
            item("nobody");
        }
    }

    private void whatNeedsSignatures() {
        lines.add("Whose signatures are needed:");
        Optional<Guard> registry = governance.guards().registryGuard();
        governance.guards().byPrefix().forEach((prefix, ruling) -> {
            if (ruling instanceof Ruling.Guarded(Guard guard)) {
                item("for " + below(prefix, Ruling.Open.class, "that are open") + ": " + Guards.sentence(guard));
            }
        });
        if (registry.isPresent()) {
            item("for people, guards and rights" + (isAllDecided() ? "" : ", and for all other keys") + ": "
                    + Guards.sentence(registry.get()));
        } else {
            item("people, guards and rights can never be changed"
                    + (isAllDecided() ? "" : ", and all other keys never written"));
        }
        governance
                .recovery()
                .ifPresent(guard ->
                        item("or else, for people, guards and rights, in an emergency: " + Guards.sentence(guard)));
    }

    private boolean canNeverChange() {
        return governance.guards().registryGuard().isEmpty()
                && governance.recovery().isEmpty();
    }

    /** Whether some prefix decides on every key. */
    private boolean isAllDecided() {
        return governance.guards().byPrefix().containsKey(Bytes.EMPTY);
    }

    private void whatNeedsNone() {
        lines.add("What everybody may do who reaches a replica, without signatures:");
        int before = lines.size();
        governance.guards().byPrefix().forEach((prefix, ruling) -> {
            if (ruling instanceof Ruling.Open) {
                item("write " + below(prefix, Ruling.Guarded.class, "for which signatures are needed"));
            }
        });
        for (Right right : governance.gatewayRights()) {
            item(right.word());
        }
        if (lines.size() == before) {
            item("nothing but read");
        }
        String never = Arrays.stream(Right.values())
                .filter(right -> !governance.gatewayRights().contains(right))
                .map(Right::word)
                .sorted()
                .collect(Collectors.joining(", "));
        if (canNeverChange() && !never.isEmpty()) {
            lines.add("What nobody will ever do, because no signature can give the right to: " + never);
        }
        if (governance.keepRevisions() > 0) {
            lines.add("The newest " + governance.keepRevisions() + " revisions are kept, whoever compacts.");
        }
    }

    /** The keys on which a prefix decides, if longer ones decide otherwise on some. */
    private String below(Bytes prefix, Class<? extends Ruling> otherwise, String which) {
        boolean hasOthers = governance.guards().byPrefix().entrySet().stream()
                .anyMatch(rule -> rule.getKey().startsWith(prefix) && otherwise.isInstance(rule.getValue()));
        return (prefix.isEmpty() ? "all keys" : "keys below " + Guards.prefix(prefix))
                + (hasOthers ? " but those " + which : "");
    }

    private void item(String text) {
        lines.add("  " + text);
    }

    /** People and rules, for scripts. */
    public static Json json(Governance governance, long atSeconds) {
        Json.Builder fields = Json.object()
                .put(
                        "principals",
                        governance.registry().principals().stream()
                                .map(principal -> PrincipalText.json(principal, atSeconds))
                                .toList());
        rules(governance).values().forEach(fields::put);
        return fields.build();
    }

    /** Guards, open prefixes and rights. */
    static Json.Fields rules(Governance governance) {
        List<Json> open = new ArrayList<>();
        governance.guards().byPrefix().forEach((prefix, ruling) -> {
            if (ruling instanceof Ruling.Open) {
                open.add(Json.text(Guards.prefix(prefix)));
            }
        });
        return Json.object()
                .put("guards", governance.allGuards().stream().map(Guards::json).toList())
                .put("open", open)
                .put(
                        "gateways_may",
                        governance.gatewayRights().stream()
                                .map(Right::word)
                                .map(Json::text)
                                .toList())
                .put("keep_revisions", governance.keepRevisions())
                .build();
    }
}
