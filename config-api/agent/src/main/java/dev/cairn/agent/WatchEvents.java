package dev.cairn.agent;

import dev.cairn.agent.http.Reply;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * A verified watch as server-sent events. All changes of one revision are one event, whose id is the revision: whoever comes
 * again with it misses nothing and is told nothing twice.
 */
final class WatchEvents implements Reply.Source {
    private final CairnClient client;
    private final Refusals refusals;
    private final KeySpan span;
    private final long after;

    WatchEvents(CairnClient client, Refusals refusals, KeySpan span, long after) {
        this.client = client;
        this.refusals = refusals;
        this.span = span;
        this.after = after;
    }

    @Override
    public void run(Reply.Sink sink) throws InterruptedException {
        long compacted = Following.run(client, span, after, new Following.Sink() {
            @Override
            public void changes(Changes changes) throws InterruptedException {
                tell(changes, sink);
            }

            @Override
            public void unverified(NotVerifiedException why) throws InterruptedException {
                refusals.saw(why.attempts());
                sink.send(event("unverified", Json.object().put("error", why.getMessage())));
            }
        });
        sink.send(event("compacted", Json.object().put("compact_revision", compacted)));
    }

    private static void tell(Changes changes, Reply.Sink sink) throws InterruptedException {
        List<Json> ofRevision = new ArrayList<>();
        long revision = 0;
        for (KeyEvent event : changes.events()) {
            long next = event.change().modRevision();
            if (next != revision && !ofRevision.isEmpty()) {
                sink.send(event(revision, ofRevision));
                ofRevision.clear();
            }
            revision = next;
            ofRevision.add(change(event));
        }
        if (!ofRevision.isEmpty()) {
            sink.send(event(revision, ofRevision));
        }
        // Proven up to here: a client that counts on silence is told, and one that has gone is noticed.
        sink.send("event: through\nid: " + changes.through() + "\ndata: {\"revision\":" + changes.through() + "}\n\n");
    }

    private static String event(long revision, List<Json> changes) {
        Json body =
                Json.object().put("revision", revision).put("changes", changes).build();
        return "event: changes\nid: " + revision + "\ndata: " + body.renderLine() + "\n\n";
    }

    private static String event(String name, Json.Builder body) {
        return "event: " + name + "\ndata: " + body.build().renderLine() + "\n\n";
    }

    private static Json change(KeyEvent event) {
        KeyVersion version = event.change();
        Json.Builder fields = Json.object().put("type", event.isPut() ? "put" : "delete");
        Answers.put(fields, "key", version.key());
        if (event.isPut()) {
            Answers.put(fields, "value", version.value().resident().orElseThrow())
                    .put("create_revision", version.createRevision())
                    .put("version", version.version());
        }
        return fields.put("mod_revision", version.modRevision()).build();
    }
}
