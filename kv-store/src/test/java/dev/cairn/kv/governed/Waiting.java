package dev.cairn.kv.governed;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.SignedText;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A change that waits for signatures or values.
 *
 * @param values that have come, by the place of their put
 */
record Waiting(SignedText text, SortedMap<Integer, Bytes> values, List<Signed> signatures) {
    Waiting with(Signed signature) {
        List<Signed> all = new ArrayList<>(signatures);
        all.add(signature);
        return new Waiting(text, values, all);
    }

    Waiting with(int first, List<Bytes> more) {
        SortedMap<Integer, Bytes> all = new TreeMap<>(values);
        for (int i = 0; i < more.size(); i++) {
            all.put(first + i, more.get(i));
        }
        return new Waiting(text, all, signatures);
    }

    List<Bytes> puts() {
        return text instanceof Change change
                ? change.operations().stream()
                        .filter(ChangeOperation.Put.class::isInstance)
                        .map(operation -> operation.span().from())
                        .toList()
                : List.of();
    }

    Optional<Integer> firstMissing() {
        return IntStream.range(0, puts().size())
                .boxed()
                .filter(index -> !values.containsKey(index))
                .findFirst();
    }
}
