package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A token that one replica gave out, shown to another. */
@Timeout(120)
class TokensElsewhereTest {
    private static final int REPLICAS = 4;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void everyReplicaTakesInWhatAnotherGaveOut() throws Exception {
        try (CairnInProcess cluster = new CairnInProcess(directory, REPLICAS, Map.of("auth-token", "jwt"));
                Endpoint one = new Endpoint("one", cluster.address(0));
                Endpoint other = new Endpoint("other", cluster.address(1))) {
            for (var request : List.of(
                    AuthUserAddRequest.newBuilder()
                            .setName("root")
                            .setPassword("root")
                            .build(),
                    AuthUserGrantRoleRequest.newBuilder()
                            .setUser("root")
                            .setRole("root")
                            .build(),
                    AuthEnableRequest.getDefaultInstance())) {
                assertThat(one.call(request).join().code()).isEqualTo(Code.OK);
            }
            String token = one.token("root", "root");
            assertThat(other.call(Words.get("a").build(), token).join().code()).isEqualTo(Code.OK);
            assertThat(other.call(Words.put("a", "1").build(), token).join().code())
                    .isEqualTo(Code.OK);
            assertThat(other.call(Words.get("a").build()).join().description())
                    .isEqualTo("etcdserver: user name is empty");
            assertThat(other.call(
                                    AuthRoleAddRequest.newBuilder()
                                            .setName("later")
                                            .build(),
                                    token)
                            .join()
                            .code())
                    .isEqualTo(Code.OK);
            for (Endpoint replica : List.of(one, other)) {
                for (var request :
                        List.of(Words.get("a").build(), Words.put("a", "2").build())) {
                    Answer answer = replica.call(request, token).join();
                    assertThat(answer.code()).isEqualTo(Code.INVALID_ARGUMENT);
                    assertThat(answer.description()).isEqualTo("etcdserver: revision of auth store is old");
                }
            }
            String fresh = other.token("root", "root");
            assertThat(one.call(Words.get("a").build(), fresh).join().code()).isEqualTo(Code.OK);
        }
    }
}
