package dev.cairn.server.upkeep;

import dev.cairn.kv.HeldState;
import dev.cairn.kv.KvState;
import dev.cairn.server.bolt.BoltWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A state as the database of an etcd that had the same history, from the compact revision on. */
final class EtcdDatabase {
    /** Ends a writing that nobody waits for any more, or that the disk has no room for. */
    interface Check {
        /**
         * Throws if it is to end.
         *
         * @param bytes written so far
         */
        void mayGoOn(long bytes) throws IOException;
    }

    private EtcdDatabase() {}

    static void write(BoltWriter out, HeldState held, EtcdTables tables, Check check) throws IOException {
        out.bucket("key", bucket -> writeKeys(held, bucket, () -> check.mayGoOn(out.sizeBytes())));
        for (Map.Entry<String, Map<String, byte[]>> table : tables.all().entrySet()) {
            out.bucket(table.getKey(), bucket -> {
                for (Map.Entry<String, byte[]> row : table.getValue().entrySet()) {
                    bucket.put(row.getKey().getBytes(StandardCharsets.ISO_8859_1), row.getValue());
                }
            });
        }
        out.finish();
    }

    private interface Step {
        void done() throws IOException;
    }

    private static void writeKeys(HeldState held, BoltWriter.Bucket bucket, Step step) throws IOException {
        KvState state = held.state();
        long[] last = {Math.max(state.compactRevision(), KvState.FIRST_REVISION)};
        held.forEachVersion(state.compactRevision(), state.revision(), (version, value) -> {
            EtcdRow row = EtcdRow.of(version, value);
            bucket.put(row.name(), row.value());
            last[0] = Math.max(last[0], version.modRevision());
            step.done();
        });
        // The newest revisions may be of signed changes alone; an etcd takes the last row's for the store's.
        if (last[0] < state.revision()) {
            EtcdRow filler = EtcdRow.filler(state.revision());
            bucket.put(filler.name(), filler.value());
        }
    }
}
