package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Output;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.audit.AuditedBlock;
import dev.cairn.kv.audit.AuditedChange;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Lists the signed changes of an audit, and counts all of them. */
public final class AuditedChanges {
    private final Wanted wanted;
    private final Output output;
    private final boolean json;
    private final Optional<Exported> exported;
    private final Map<String, List<AuditedEntry>> groups = new TreeMap<>();
    private final Map<String, Long> byAuthor = new TreeMap<>();
    private long signedWrites;
    private long unsignedWrites;

    /**
     * Which changes are listed.
     *
     * @param prefix of keys; empty for all, and then also changes of the governance
     */
    record Wanted(boolean list, Bytes prefix, Optional<String> person, Optional<AuditListing.Grouping> grouping) {
        boolean holds(AuditedEntry entry) {
            return (prefix.isEmpty() || entry.entry().touches(KeySpan.prefix(prefix)))
                    && (person.isEmpty() || entry.people().contains(person.get()));
        }
    }

    AuditedChanges(Wanted wanted, Output output, boolean json, Optional<Exported> exported) {
        this.wanted = wanted;
        this.output = output;
        this.json = json;
        this.exported = exported;
    }

    /** The next block's. */
    public void add(AuditedBlock block) throws Failure {
        signedWrites += block.signedWrites();
        unsignedWrites += block.unsignedWrites();
        for (AuditedChange change : block.changes()) {
            AuditedEntry entry = AuditedEntry.of(change);
            byAuthor.merge(change.text().author().text(), 1L, Long::sum);
            if (!wanted.holds(entry)) {
                continue;
            }
            if (exported.isPresent()) {
                exported.get().change(entry.entry());
            }
            if (wanted.list()) {
                list(entry);
            }
        }
    }

    private void list(AuditedEntry entry) throws Failure {
        if (wanted.grouping().isEmpty()) {
            print(entry, Optional.empty());
            return;
        }
        List<String> names = switch (wanted.grouping().get()) {
            case PERSON -> entry.people();
            case PREFIX -> entry.places();
        };
        names.forEach(
                name -> groups.computeIfAbsent(name, _ -> new ArrayList<>()).add(entry));
    }

    private void print(AuditedEntry entry, Optional<String> group) throws Failure {
        if (json) {
            output.json(entry.json(group));
            return;
        }
        for (String line : entry.lines()) {
            output.line(line);
        }
    }

    /**
     * Behind the last block: what was to be grouped, and what is exported.
     *
     * @param registry as it is then
     */
    public void end(Registry registry) throws Failure {
        for (Map.Entry<String, List<AuditedEntry>> group : groups.entrySet()) {
            if (!json) {
                output.line("== " + group.getKey() + ": " + group.getValue().size());
                output.line("");
            }
            for (AuditedEntry entry : group.getValue()) {
                print(entry, Optional.of(group.getKey()));
            }
        }
        if (exported.isPresent()) {
            exported.get().close(registry);
        }
    }

    /** How many there were, whether they are listed or not. */
    public List<String> totals() {
        List<String> lines = new ArrayList<>();
        long all = byAuthor.values().stream().mapToLong(Long::longValue).sum();
        lines.add("signed changes executed: " + all
                + (all == 0 ? "" : "; every one's signatures, guards, preconditions and values hold"));
        byAuthor.forEach((author, changes) -> lines.add("  by " + author + ": " + changes));
        if (signedWrites > 0) {
            lines.add("writes of keys that one key answers for alone: " + signedWrites
                    + "; every one's signature holds, where that is enough");
        }
        lines.add("writes of keys that nobody signed: " + unsignedWrites
                + (unsignedWrites == 0 ? "" : "; all of them where gateways may write"));
        return lines;
    }

    /** The same for programs. */
    public void totals(Json.Builder fields) {
        Json.Builder authors = Json.object();
        byAuthor.forEach((author, changes) -> authors.put(author, changes));
        fields.put("signed_changes_by_author", authors.build())
                .put("signed_writes", signedWrites)
                .put("unsigned_writes", unsignedWrites);
    }
}
