package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.server.config.StartupException;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A real etcd and a Cairn of their own, whose users may be changed, and what a client shows them to be somebody. */
final class AuthPair implements AutoCloseable {
    private final ReferenceEtcd etcd;
    private final CairnInProcess cairn;
    private final List<Endpoint> endpoints;

    /** One for each; empty for none. */
    private List<String> tokens = List.of("", "");

    /** @param tokenKind that Cairn gives out */
    AuthPair(Path directory, List<String> etcdOptions, String tokenKind) throws IOException, StartupException {
        Path binary = ReferenceEtcd.binary();
        etcd = new ReferenceEtcd(
                binary,
                directory.resolve("etcd"),
                Stream.concat(Stream.of("--unsafe-no-fsync", "--bcrypt-cost=4"), etcdOptions.stream())
                        .toList());
        cairn = new CairnInProcess(directory.resolve("cairn"), 1, Map.of("auth-token", tokenKind));
        endpoints = List.of(new Endpoint("etcd", etcd.address()), new Endpoint("Cairn", cairn.address(0)));
    }

    /** What follows is asked by that user, whose password is the name, or if that is empty by nobody. */
    void as(String name) {
        bringing(
                name.isEmpty()
                        ? List.of("", "")
                        : endpoints.stream()
                                .map(endpoint -> endpoint.token(name, name))
                                .toList());
    }

    void bringing(String token) {
        bringing(List.of(token, token));
    }

    /** @param shown what {@link #tokens} gave */
    void bringing(List<String> shown) {
        tokens = shown;
    }

    List<String> tokens() {
        return tokens;
    }

    /** What both answer; throws if that is not the same. */
    Answer agree(Message.Builder builder) {
        Message request = builder.build();
        Answer wanted = endpoints.getFirst().call(request, tokens.getFirst()).join();
        Answer got = endpoints.getLast().call(request, tokens.getLast()).join();
        assertThat(got)
                .as("%s %s", request.getDescriptorForType().getName(), Texts.of(request))
                .isEqualTo(wanted);
        return got;
    }

    void succeeds(Message.Builder request) {
        Answer answer = agree(request);
        assertThat(answer.code())
                .as("%s: %s", request.getDescriptorForType().getName(), answer.description())
                .isEqualTo(Code.OK);
    }

    void fails(Code code, String description, Message.Builder request) {
        Answer answer = agree(request);
        assertThat(answer.description())
                .as(request.getDescriptorForType().getName())
                .isEqualTo("etcdserver: " + description);
        assertThat(answer.code()).as(answer.description()).isEqualTo(code);
    }

    /** Why both refuse to create the watch; throws if they do not say the same. */
    String refused(WatchCreateRequest.Builder request) throws InterruptedException {
        List<Message> created = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            try (WatchClient client = new WatchClient(endpoints.get(i), Endpoint.shown(tokens.get(i)))) {
                client.send(WatchRequest.newBuilder().setCreateRequest(request));
                created.add(Likeness.of(client.await(0, WatchResponse::getCreated)));
            }
        }
        assertThat(created.getLast()).isEqualTo(created.getFirst());
        WatchResponse answer = (WatchResponse) created.getLast();
        assertThat(answer.getCanceled()).isTrue();
        assertThat(answer.getWatchId()).isEqualTo(-1);
        return answer.getCancelReason();
    }

    @Override
    public void close() {
        endpoints.forEach(Endpoint::close);
        cairn.close();
        etcd.close();
    }
}
