package dev.cairn.cli;

import dev.cairn.cli.changes.AuditedChanges;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.KvState;
import dev.cairn.kv.audit.BrokenRuleException;
import dev.cairn.kv.audit.ChangeAudit;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.AuditException;
import dev.cairn.runtime.LogAudit;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an audit says: each change and write that was asked for as it comes, how far it is, and what it all was in the end. */
final class AuditReport implements LogAudit.Listener<KvState> {
    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final Output output;
    private final Optional<Bytes> prefix;
    private final boolean json;
    private final AuditedChanges signedChanges;
    private final ChangeAudit changeAudit;
    private KvState before;
    private final Map<Integer, Long> writesByReplica = new TreeMap<>();
    private long blocks;
    private long nextProgressNanos = System.nanoTime() + PROGRESS_NANOS;
    private boolean toldProgress;
    private boolean tornEnd;

    /**
     * @param prefix of the keys whose writes are printed
     * @param founding who governs at first
     */
    AuditReport(
            Output output,
            Optional<Bytes> prefix,
            boolean json,
            AuditedChanges signedChanges,
            Digest chain,
            Governance founding) {
        this.output = output;
        this.prefix = prefix;
        this.json = json;
        this.signedChanges = signedChanges;
        this.changeAudit = new ChangeAudit(chain, founding);
        this.before = KvState.genesis(founding);
    }

    @Override
    public void holds(Block block, Optional<KvState> state, Height last) throws AuditException {
        blocks++;
        if (state.isPresent()) {
            auditChanges(block, state.get());
            note(block, state.get());
        }
        long now = System.nanoTime();
        if (now - nextProgressNanos > 0 && isWatched()) {
            nextProgressNanos = now + PROGRESS_NANOS;
            toldProgress = true;
            System.err.printf(
                    "\rblock %,d of %,d (%d %%) ",
                    block.height().value(), last.value(), 100 * block.height().value() / last.value());
            System.err.flush();
        }
    }

    private void auditChanges(Block block, KvState after) throws AuditException {
        Proposal executed = new Proposal(block.height(), block.header().timeNanos(), block.requests());
        try {
            signedChanges.add(changeAudit.next(executed, before, after));
        } catch (BrokenRuleException e) {
            throw new AuditException(block.height(), String.valueOf(e.getMessage()), e);
        } catch (Failure e) {
            throw new UncheckedIOException(e.getMessage(), new IOException(e));
        }
        before = after;
    }

    private static boolean isWatched() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    private void note(Block block, KvState after) {
        Map<Long, Integer> authors = authors(block, after);
        for (KeyEvent event : after.changes()) {
            if (!Space.CLIENTS.holds(event.change().treeKey())) {
                continue; // the store's own records, some of which nobody asked for
            }
            if (prefix.isEmpty() || event.change().key().startsWith(prefix.get())) {
                int author = Optional.ofNullable(authors.get(event.change().modRevision()))
                        .orElseThrow(() -> new IllegalStateException("nobody made revision "
                                + event.change().modRevision() + " of block "
                                + block.height().value()));
                writesByReplica.merge(author, 1L, Long::sum);
                if (prefix.isPresent()) {
                    print(block, author, event);
                }
            }
        }
    }

    /** Who signed the request that made each revision of a block: the first whose outcome shows it. */
    private static Map<Long, Integer> authors(Block block, KvState after) {
        Map<Long, Integer> authors = new HashMap<>();
        for (int i = 0; i < block.requests().size(); i++) {
            int author = block.requests().get(i).id().client().number();
            if (after.results().get(i) instanceof RequestOutcome.Executed(var outcomes)) {
                for (Outcome outcome : outcomes) {
                    authors.putIfAbsent(outcome.revision(), author);
                }
            }
        }
        return authors;
    }

    private void print(Block block, int author, KeyEvent event) {
        Instant time = Instant.ofEpochSecond(0, block.header().timeNanos());
        String type = event.isPut() ? "PUT" : "DELETE";
        Bytes key = event.change().key();
        try {
            if (json) {
                output.json(Json.object()
                        .put("block", block.height().value())
                        .put("time", time.toString())
                        .put("replica", "r" + author)
                        .put("type", type)
                        .put("key", Base64.getEncoder().encodeToString(key.toArray()))
                        .put("mod_revision", event.change().modRevision())
                        .build());
            } else {
                output.line("block " + block.height().value() + "  " + time + "  r" + author + "  " + type + "  "
                        + printable(key.toUtf8()));
            }
        } catch (Failure e) {
            throw new UncheckedIOException(e.getMessage(), new IOException(e));
        }
    }

    /** A key must not be able to write lines of this report, or move the cursor. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(each -> {
            if (Character.isISOControl(each)) {
                shown.append(String.format("\\u%04x", each));
            } else {
                shown.appendCodePoint(each);
            }
        });
        return shown.toString();
    }

    @Override
    public void endsInTornWrite(Height last) {
        tornEnd = true;
    }

    /** All of them held. */
    void end(long from, Height last) throws Failure {
        if (toldProgress) {
            System.err.println();
        }
        if (blocks == 0) {
            throw new Failure("there is no block from " + from + " on; the last is " + last.value());
        }
        boolean executed = from == 1;
        signedChanges.end(changeAudit.governance().registry());
        if (json) {
            Json.Builder authors = Json.object();
            writesByReplica.forEach((author, changes) -> authors.put("r" + author, changes));
            Json.Builder result = Json.object()
                    .put("holds", true)
                    .put("from", from)
                    .put("to", last.value())
                    .put("executed", executed)
                    .put("torn_end", tornEnd)
                    .put("writes_by_replica", authors.build());
            if (executed) {
                signedChanges.totals(result);
            }
            output.json(result.build());
        } else {
            output.line("blocks " + from + " to " + last.value() + " hold: hash chain, certificates, signatures"
                    + (executed ? ", every state root" : "; they were not executed again"));
            for (Map.Entry<Integer, Long> author : writesByReplica.entrySet()) {
                output.line("writes taken in by r" + author.getKey() + ": " + author.getValue());
            }
            if (executed) {
                for (String line : signedChanges.totals()) {
                    output.line(line);
                }
            }
            if (tornEnd) {
                output.line(
                        "behind block " + last.value() + " the log ends in a write that was cut short: so it is after a"
                                + " crash; if there was none, the disk has lost what came behind");
            }
        }
        output.flush();
    }
}
