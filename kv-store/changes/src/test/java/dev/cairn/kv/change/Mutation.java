package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A text with some bytes replaced: what an editor, a mail program or an enemy does to it. */
record Mutation(int place, int cut, Bytes insertion) {
    static Arbitrary<Mutation> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(
                                "", "\n", "\r", " ", "\t", "0", "1", "%41", "%2F", "a", "-", ",", "\0", "\u00e9",
                                "\ufeff", "\u202e"))
                .as((place, cut, insertion) -> new Mutation(place, cut, Bytes.utf8(insertion)));
    }

    Bytes of(Bytes text) {
        int at = place % (text.size() + 1);
        int rest = Math.min(text.size(), at + cut);
        byte[] mutated = Arrays.copyOf(text.toArray(), at + insertion.size() + text.size() - rest);
        System.arraycopy(insertion.shared(), 0, mutated, at, insertion.size());
        System.arraycopy(text.shared(), rest, mutated, at + insertion.size(), text.size() - rest);
        return Bytes.wrap(mutated);
    }
}
