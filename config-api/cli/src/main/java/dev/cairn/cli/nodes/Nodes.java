package dev.cairn.cli.nodes;

import dev.cairn.cli.Columns;
import dev.cairn.cli.changes.Snapshot;
import dev.cairn.cli.changes.Visible;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All nodes that have written a result. */
record Nodes(List<Node> all) {
    private static final List<String> TITLES =
            List.of("NODE", "RUNS", "PUBLISHED", "LAST RUN", "", "LAST CONVERGED", "");
    private static final String NONE = "-";

    Nodes {
        all = List.copyOf(all);
    }

    static Nodes read(Snapshot now) throws NotVerifiedException {
        Map<String, Optional<Long>> published = new HashMap<>();
        List<Node> all = new ArrayList<>();
        for (KeyValue record : now.list(NodeName.all())) {
            Optional<NodeName> name = NodeName.of(record.key());
            if (name.isEmpty()) {
                continue;
            }
            try {
                PullResult last = PullResult.parse(record.value());
                Optional<Long> newest = published.get(last.repository());
                if (newest == null) {
                    newest = published(now, last.repository());
                    published.put(last.repository(), newest);
                }
                all.add(new Node.Known(name.get(), last, newest));
            } catch (Json.MalformedException e) {
                all.add(new Node.Unreadable(name.get(), String.valueOf(e.getMessage())));
            }
        }
        return new Nodes(all);
    }

    /** Every publication puts the record of the modes. */
    private static Optional<Long> published(Snapshot now, String repository) throws NotVerifiedException {
        return RepositoryName.isName(repository)
                ? now.get(new RepositoryName(repository).modesKey()).map(KeyValue::modRevision)
                : Optional.empty();
    }

    boolean areCurrent() {
        return all.stream().allMatch(Node::isCurrent);
    }

    String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(TITLES);
        all.forEach(node -> rows.add(row(node)));
        return Columns.aligned(rows);
    }

    private static List<String> row(Node node) {
        String name = Visible.text(node.name().text());
        return switch (node) {
            case Node.Known(var _, var last, var published) ->
                List.of(
                        name,
                        last.converged()
                                .map(then -> Visible.text(last.repository()) + " " + then.revision())
                                .orElse(NONE),
                        published.map(Object::toString).orElse(NONE),
                        last.status().word()
                                + last.revision().map(at -> " " + at).orElse(""),
                        Visible.text(last.at()),
                        last.converged().map(then -> Visible.text(then.at())).orElse("never"),
                        node.isCurrent() ? "" : "<");
            case Node.Unreadable(var _, var why) ->
                List.of(name, NONE, NONE, "no result: " + Visible.text(why), "", "", "<");
        };
    }

    Json json() {
        return Json.object()
                .put("current", areCurrent())
                .put("nodes", all.stream().map(Nodes::json).toList())
                .build();
    }

    private static Json json(Node node) {
        Json.Builder out = Json.object().put("node", node.name().text()).put("current", node.isCurrent());
        return switch (node) {
            case Node.Known(var _, var last, var published) ->
                out.put("repository", last.repository())
                        .put("published_revision", whole(published))
                        .put("status", last.status().word())
                        .put("revision", whole(last.revision()))
                        .put("at", last.at())
                        .put("converged_revision", whole(last.converged().map(PullResult.Converged::revision)))
                        .put(
                                "converged_at",
                                last.converged()
                                        .map(PullResult.Converged::at)
                                        .map(Json::text)
                                        .orElse(new Json.Null()))
                        .build();
            case Node.Unreadable(var _, var why) -> out.put("problem", why).build();
        };
    }

    private static Json whole(Optional<Long> number) {
        return number.map(Json::whole).orElse(new Json.Null());
    }
}
