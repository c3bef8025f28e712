package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Changes of all shapes. */
final class ChangeArbitraries {
    static final Digest CHAIN = Hashing.sha256(Bytes.utf8("chain").shared());

    private ChangeArbitraries() {}

    static Arbitrary<Change> changes() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 999_999_999_999_999_999L),
                        Arbitraries.longs().between(0, 4_000_000_000L),
                        Arbitraries.longs().between(1, 4_000_000_000L),
                        Arbitraries.of("alice", "bob@example.org", "0.x_y-z"),
                        Arbitraries.of("Raise the limit", "Grenze für Ümläute erhöhen: 100 %", "修正 🙂"),
                        keys().list().ofMaxSize(5).flatMap(ChangeArbitraries::preconditions),
                        keys().list().ofMinSize(1).ofMaxSize(8).flatMap(ChangeArbitraries::operations))
                .as((base, from, span, author, reason, preconditions, operations) -> new Change(
                        CHAIN, base, from, from + span, new PrincipalName(author), reason, preconditions, operations));
    }

    static Arbitrary<Bytes> keys() {
        Arbitrary<Byte> any = Arbitraries.bytes();
        Arbitrary<Byte> special = Arbitraries.of((byte) '%', (byte) ' ', (byte) '\n', (byte) '/', (byte) 'a', (byte) 0);
        return Arbitraries.oneOf(any, special)
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(Bytes::copyOf);
    }

    private static Arbitrary<List<Precondition>> preconditions(List<Bytes> keys) {
        return Arbitraries.integers().between(0, 2).list().ofSize(keys.size()).map(kinds -> {
            List<Precondition> all = new ArrayList<>();
            for (Bytes key : new TreeSet<>(keys)) {
                all.add(
                        switch (kinds.get(all.size())) {
                            case 0 -> new Precondition.Absent(key);
                            case 1 -> new Precondition.LastWrittenAt(key, 1 + key.size());
                            default -> new Precondition.HasValue(key, Hashing.sha256(key.shared()));
                        });
            }
            return all;
        });
    }

    private static Arbitrary<List<ChangeOperation>> operations(List<Bytes> keys) {
        return Arbitraries.integers().between(0, 2).list().ofSize(keys.size()).map(kinds -> {
            List<ChangeOperation> all = new ArrayList<>();
            TreeSet<Bytes> rest = new TreeSet<>(keys);
            while (!rest.isEmpty()) {
                Bytes key = rest.removeFirst();
                int kind = kinds.get(all.size());
                if (kind == 2 && !rest.isEmpty()) {
                    all.add(new ChangeOperation.DeleteRange(key, rest.getFirst()));
                } else if (kind == 1) {
                    all.add(new ChangeOperation.Delete(key));
                } else {
                    all.add(new ChangeOperation.Put(key, key.size(), Hashing.sha256(key.shared())));
                }
            }
            return all;
        });
    }
}
