package dev.cairn.chaos.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.FormatMethod;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.election.NoLeaderException;
import io.etcd.jetcd.election.NotLeaderException;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a program that uses jetcd sees of one server, line by line; ids that the server drew have names. */
final class JetcdView implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;

    private final String target;
    private final Client client;
    private final List<String> seen = new ArrayList<>();
    private final Map<String, String> names = new LinkedHashMap<>();

    /** @param address HOST:PORT */
    JetcdView(String address) {
        target = "http://" + address;
        client = Client.builder().endpoints(target).build();
    }

    Client client() {
        return client;
    }

    String target() {
        return target;
    }

    /** A client of the same server that signs in. */
    Client signedIn(String user, String password) {
        return Client.builder()
                .endpoints(target)
                .user(bytes(user))
                .password(bytes(password))
                .build();
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    /** From now on the id is called that, wherever it was seen. */
    void name(long id, String name) {
        names.put(Long.toHexString(id), name);
    }

    @FormatMethod
    void see(String format, Object... values) {
        seen.add(String.format(Locale.ROOT, format, values));
    }

    List<String> seen() {
        return seen.stream().map(this::named).toList();
    }

    private String named(String line) {
        String named = line;
        for (Map.Entry<String, String> name : names.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return named;
    }

    /** What the call is answered. */
    static <T> T done(CompletableFuture<T> call) {
        return call.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The same; sees that it was, and at which revision. */
    <T extends Response> T done(String what, CompletableFuture<T> call) {
        T answer = done(call);
        see("%s: at %d", what, answer.getHeader().getRevision());
        return answer;
    }

    /** Sees how the call fails. */
    void fails(String what, CompletableFuture<?> call) {
        try {
            see("%s: %s", what, done(call));
        } catch (CompletionException e) {
            see("%s: %s", what, described(e));
        }
    }

    /** As jetcd tells it, and its users tell failures apart. */
    static String described(Throwable failure) {
        Throwable cause = failure.getCause();
        return switch (failure) {
            case EtcdException told -> told.getErrorCode() + " " + told.getMessage();
            case StatusRuntimeException told ->
                told.getStatus().getCode() + " " + told.getStatus().getDescription();
            case NoLeaderException _ -> "no leader";
            case NotLeaderException _ -> "not leader";
            default -> cause == null ? failure.toString() : described(cause);
        };
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing more came in time");
        }
        return next;
    }

    void put(String key, String value, long lease) {
        done(
                "put " + key,
                client.getKVClient()
                        .put(
                                bytes(key),
                                bytes(value),
                                PutOption.builder().withLeaseId(lease).build()));
    }

    void put(String key, String value) {
        put(key, value, 0);
    }

    void get(String key) {
        List<String> pairs = done(client.getKVClient().get(bytes(key))).getKvs().stream()
                .map(JetcdView::text)
                .toList();
        see("get %s: %s", key, pairs);
    }

    static String text(KeyValue pair) {
        return "%s=%s created %d modified %d version %d lease %x"
                .formatted(
                        pair.getKey().toString(UTF_8),
                        pair.getValue().toString(UTF_8),
                        pair.getCreateRevision(),
                        pair.getModRevision(),
                        pair.getVersion(),
                        pair.getLease());
    }

    /** A watch of one key or of all below it, and what it tells: responses in words. */
    record Watching(Watch.Watcher watcher, BlockingQueue<String> told) implements AutoCloseable {
        String next() throws InterruptedException {
            return JetcdView.next(told);
        }

        @Override
        public void close() {
            watcher.close();
        }
    }

    /** Returns when the server has created the watch. */
    Watching watch(String key, Consumer<WatchOption.Builder> options) throws InterruptedException {
        WatchOption.Builder option = WatchOption.builder().withCreateNotify(true);
        options.accept(option);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Watch.Watcher watcher = client.getWatchClient()
                .watch(
                        bytes(key),
                        option.build(),
                        response -> told.addAll(texts(response)),
                        failure -> told.add(described(failure)));
        Watching watching = new Watching(watcher, told);
        see("watch %s: %s", key, watching.next());
        return watching;
    }

    private static List<String> texts(WatchResponse response) {
        long revision = response.getHeader().getRevision();
        if (response.isCreatedNotify()) {
            return List.of("created at " + revision);
        }
        return response.isProgressNotify()
                ? List.of("progress up to " + revision)
                : response.getEvents().stream().map(JetcdView::text).toList();
    }

    private static String text(WatchEvent event) {
        return event.getEventType() + " " + text(event.getKeyValue()) + ", before: " + text(event.getPrevKV());
    }

    @Override
    public void close() {
        client.close();
    }
}
