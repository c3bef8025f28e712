package dev.cairn.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.EtcdTools;
import dev.cairn.server.bolt.BoltWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows as etcd names them. */
@Timeout(120)
class EtcdRowTest {
    private static final Bytes KEY = Space.CLIENTS.treeKey(Bytes.utf8("a"));

    @TempDir
    Path directory;

    @Test
    void aRowIsNamedByRevisionAndPlace() {
        assertThat(HexFormat.of()
                        .formatHex(EtcdRow.of(KeyVersion.tombstone(KEY, 258, 3), Bytes.EMPTY)
                                .name()))
                .isEqualTo("0000000000000102" + "5f" + "0000000000000003" + "74");
    }

    /** The newest revision may be one that changed no client's key. */
    @Test
    void aRealEtcdTakesAFillersRevisionForTheStoresAndShowsNoKeyOfIt() throws Exception {
        EtcdTools tools = EtcdTools.find();
        Path file = directory.resolve("db");
        Bytes value = Bytes.utf8("1");
        try (BoltWriter out = BoltWriter.create(file)) {
            out.bucket("key", bucket -> {
                EtcdRow put = EtcdRow.of(KeyVersion.put(KEY, 2, 0, 2, 1, 0, Value.of(value)), value);
                bucket.put(put.name(), put.value());
                bucket.put(EtcdRow.filler(9).name(), EtcdRow.filler(9).value());
            });
            for (String name : new String[] {"meta", "members", "members_removed", "lease", "alarm", "auth"}) {
                out.bucket(name, bucket -> {});
            }
            out.finish();
        }
        Path data = directory.resolve("etcd");
        tools.utl("snapshot", "restore", "--skip-hash-check", file.toString(), "--data-dir=" + data);
        try (EtcdTools.Running etcd = tools.start(data)) {
            String all = tools.ctl(etcd.port, "get", "", "--from-key", "-w", "json");
            assertThat(all).contains("\"revision\":9").contains("\"count\":1");
            tools.ctl(etcd.port, "compact", "9");
            tools.ctl(etcd.port, "put", "b", "2");
            assertThat(tools.ctl(etcd.port, "get", "b", "-w", "json")).contains("\"mod_revision\":10");
        }
    }
}
