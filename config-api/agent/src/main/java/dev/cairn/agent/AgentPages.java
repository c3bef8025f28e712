package dev.cairn.agent;

import dev.cairn.agent.git.Projections;
import dev.cairn.agent.git.UploadSession;
import dev.cairn.agent.http.Pages;
import dev.cairn.agent.http.Problem;
import dev.cairn.agent.http.Query;
import dev.cairn.agent.http.Reply;
import dev.cairn.client.CairnClient;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.Refusal;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Bytes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The pages of the local socket. docs/agent.md describes them. */
final class AgentPages implements Pages {
    private static final int MAX_LIMIT = 100_000;
    private static final Set<String> POSTED = Set.of("/v1/changes", "/v1/put", "/v1/delete");
    private static final String GIT = "git-upload-pack";

    private final CairnClient client;
    private final Reads reads;
    private final Refusals refusals;
    private final ChangePages changes;
    private final WritePages writes;
    private final Projections repositories;
    private final Supplier<Json> status;
    private final Supplier<String> metrics;

    AgentPages(
            CairnClient client,
            Reads reads,
            Refusals refusals,
            WritePages writes,
            Projections repositories,
            Supplier<Json> status,
            Supplier<String> metrics) {
        this.client = client;
        this.reads = reads;
        this.refusals = refusals;
        this.changes = new ChangePages(client, reads);
        this.writes = writes;
        this.repositories = repositories;
        this.status = status;
        this.metrics = metrics;
    }

    @Override
    public Reply answer(Query query) throws Problem {
        boolean posted = POSTED.contains(query.path());
        if (!query.method().equals(posted ? "POST" : "GET")) {
            throw new Problem(405, posted ? "this page changes something; use POST" : "pages are read with GET");
        }
        try {
            return switch (query.path()) {
                case "/v1/get" -> get(query);
                case "/v1/list" -> list(query);
                case "/v1/watch" -> watch(query);
                case "/v1/proof" -> proof(query);
                case "/v1/governance" -> changes.governance(query);
                case "/v1/changes" -> changes.submit(query);
                case "/v1/put" -> writes.put(query);
                case "/v1/delete" -> writes.delete(query);
                case "/v1/git" -> git(query);
                case "/v1/status" -> plain(query, () -> Reply.json(200, status.get()));
                case "/health" -> health(query);
                case "/livez" -> plain(query, () -> Reply.text(200, "text/plain; charset=utf-8", "ok\n"));
                case "/metrics" ->
                    plain(query, () -> Reply.text(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
                // Not 404, which says of a key that it is proven not to be there.
                default ->
                    throw Problem.badRequest("there is no page " + query.path() + "; docs/agent.md has them all");
            };
        } catch (NotVerifiedException e) {
            throw unanswered(e);
        }
    }

    private static Problem unanswered(NotVerifiedException e) {
        Optional<Refusal.Why> why = e.declined().map(Refusal.Declined::why);
        String message = String.valueOf(e.getMessage());
        if (why.equals(Optional.of(Refusal.Why.NOT_PERMITTED))) {
            return new Problem(403, message + "; the agent's user is not permitted this");
        }
        return Problem.unavailable(
                why.equals(Optional.of(Refusal.Why.NO_USER))
                        ? message + "; set user and password-file in the agent's configuration"
                        : message);
    }

    private static Reply plain(Query query, Supplier<Reply> page) throws Problem {
        query.requireOnly(Set.of());
        return page.get();
    }

    private Reply get(Query query) throws Problem, NotVerifiedException {
        query.requireOnly(Set.of("key", "revision", "max-stale", "raw"));
        Bytes key = key(query);
        Optional<Duration> maxStale = maxStale(query);
        long revision = query.number("revision", 0, Long.MAX_VALUE / 2);
        Told<Optional<KeyValue>> told = revision == 0 ? reads.get(key, maxStale) : reads.getAt(key, revision);
        int code = told.value().isPresent() ? 200 : 404;
        if (query.has("raw")) {
            return raw(code, told);
        }
        Json.Builder fields = Json.object().put("found", told.value().isPresent());
        told.value().ifPresentOrElse(record -> Answers.record(fields, record), () -> Answers.put(fields, "key", key));
        return Reply.json(code, fields.put("verified", Answers.grounds(told)).build());
    }

    /** The value's bytes alone, for scripts. */
    private static Reply raw(int code, Told<Optional<KeyValue>> told) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Cairn-Revision", Long.toString(told.revision()));
        if (told.source() instanceof Told.Source.Copied(Duration age)) {
            headers.put("Cairn-Stale-Millis-At-Most", Long.toString(age.toMillis()));
        }
        Bytes body = told.value().map(KeyValue::value).orElse(Bytes.EMPTY);
        return new Reply.Whole(code, "application/octet-stream", body, headers);
    }

    private Reply list(Query query) throws Problem, NotVerifiedException {
        query.requireOnly(Set.of("prefix", "limit", "revision", "max-stale"));
        KeySpan span = KeySpan.prefix(prefix(query));
        int limit = (int) query.number("limit", 0, MAX_LIMIT);
        long revision = query.number("revision", 0, Long.MAX_VALUE / 2);
        Optional<Duration> maxStale = maxStale(query);
        Told<Page> told = revision == 0 ? reads.list(span, limit, maxStale) : reads.listAt(span, limit, revision);
        List<Json> records = told.value().records().stream()
                .<Json>map(record -> Answers.record(Json.object(), record).build())
                .toList();
        return Reply.json(
                200,
                Json.object()
                        .put("revision", told.revision())
                        .put("more", told.value().more())
                        .put("records", records)
                        .put("verified", Answers.grounds(told))
                        .build());
    }

    private Reply watch(Query query) throws Problem {
        query.requireOnly(Set.of("prefix", "key", "after"));
        KeySpan span = span(query);
        long after = query.number("after", 0, Long.MAX_VALUE / 2);
        if (query.lastEventId().isPresent()) {
            after = Query.number("Last-Event-ID", query.lastEventId().get(), Long.MAX_VALUE / 2);
        }
        return new Reply.Events(new WatchEvents(client, refusals, span, after));
    }

    private Reply proof(Query query) throws Problem, NotVerifiedException {
        query.requireOnly(Set.of("prefix", "key"));
        Question.OfKeys question =
                query.has("key") ? new Question.Get(key(query), 0) : new Question.Range(span(query), 0, 0, false);
        return new Reply.Whole(
                200,
                "application/octet-stream",
                Bytes.wrap(reads.prove(question).encode()),
                Map.of());
    }

    /** Git's own protocol, in this connection, for git-remote-cairn. */
    private Reply git(Query query) throws Problem {
        query.requireOnly(Set.of("repo"));
        Bytes name = query.bytes("repo")
                .orElseThrow(() -> Problem.badRequest("which repository? " + query.path() + "?repo=NAME"));
        if (!query.upgrade().equals(Optional.of(GIT))) {
            throw new Problem(426, "git fetches here, through git-remote-cairn: git clone cairn://NAME");
        }
        try {
            return new Reply.Switch(GIT, new UploadSession(repositories, new RepositoryName(name.toUtf8())));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private Reply health(Query query) throws Problem {
        query.requireOnly(Set.of());
        try {
            long revision = reads.head().revision();
            return Reply.json(
                    200,
                    Json.object()
                            .put("health", "true")
                            .put("revision", revision)
                            .build());
        } catch (NotVerifiedException e) {
            return Reply.json(
                    503,
                    Json.object()
                            .put("health", "false")
                            .put("reason", String.valueOf(e.getMessage()))
                            .build());
        }
    }

    private static Bytes key(Query query) throws Problem {
        return query.bytes("key")
                .filter(key -> !key.isEmpty())
                .orElseThrow(() -> Problem.badRequest("which key? " + query.path() + "?key=KEY"));
    }

    private static Bytes prefix(Query query) throws Problem {
        return query.bytes("prefix")
                .orElseThrow(
                        () -> Problem.badRequest("which keys? " + query.path() + "?prefix=PREFIX, which may be empty"));
    }

    private static KeySpan span(Query query) throws Problem {
        if (query.has("key") && query.has("prefix")) {
            throw Problem.badRequest("either key or prefix, not both");
        }
        return query.has("key") ? KeySpan.single(key(query)) : KeySpan.prefix(prefix(query));
    }

    private static Optional<Duration> maxStale(Query query) throws Problem {
        Optional<Bytes> given = query.bytes("max-stale");
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (query.has("revision")) {
            throw Problem.badRequest("what was at a revision never grows stale; leave out max-stale");
        }
        return Optional.of(Durations.parse("max-stale", given.get().toUtf8()));
    }
}
