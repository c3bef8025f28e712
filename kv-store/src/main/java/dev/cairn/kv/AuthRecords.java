package dev.cairn.kv;

import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The system records of a tree, be it finished or in the making. */
record AuthRecords(Function<Bytes, Optional<Leaf>> leaves, ToLongFunction<KeySpan> counting, Visiting visiting)
        implements AuthView.Records {

    interface Visiting {
        void forEach(KeySpan span, Predicate<KeyVersion> visitor);
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        return leaves.apply(key).map(Leaf::head).map(AuthRecords::value);
    }

    @Override
    public long count(KeySpan span) {
        return counting.applyAsLong(span);
    }

    @Override
    public void forEach(KeySpan span, BiConsumer<Bytes, Bytes> visitor) {
        visiting.forEach(span, record -> {
            visitor.accept(record.treeKey(), value(record));
            return true;
        });
    }

    private static Bytes value(KeyVersion record) {
        return record.value()
                .resident()
                .orElseThrow(() -> new IllegalStateException("system records stay in memory: " + record));
    }
}
