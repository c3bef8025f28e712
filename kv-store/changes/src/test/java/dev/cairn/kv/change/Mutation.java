package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A text with some bytes replaced: what an editor, a mail program or an enemy does to it. */
record Mutation(int place, int cut, Bytes insertion) {
    private static final int MAX_PLACE = 100_000;
    private static final int MAX_CUT = 3;
    private static final List<String> INSERTIONS = List.of(
            "", "\n", "\r", " ", "\t", "0", "1", "%41", "%2F", "a", "-", ",", "\0", "\u00e9", "\ufeff", "\u202e");

    static Mutation random(Random random) {
        return new Mutation(
                random.nextInt(MAX_PLACE + 1),
                random.nextInt(MAX_CUT + 1),
                Bytes.utf8(INSERTIONS.get(random.nextInt(INSERTIONS.size()))));
    }

    static Arbitrary<Mutation> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, MAX_PLACE),
                        Arbitraries.integers().between(0, MAX_CUT),
                        Arbitraries.of(INSERTIONS))
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
