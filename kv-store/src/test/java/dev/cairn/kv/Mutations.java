package dev.cairn.kv;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What may happen to bytes on their way: single changes, and some at random. */
final class Mutations {
    private Mutations() {}

    /** Each byte flipped in one bit, dropped, doubled, and preceded by another; each end cut off; some bytes behind the end. */
    static List<Bytes> ofEveryByte(Bytes proof) {
        byte[] bytes = proof.shared();
        List<Bytes> mutants = new ArrayList<>();
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << (at % 8));
            mutants.add(Bytes.wrap(flipped));
            mutants.add(splice(bytes, at, at + 1, new byte[0]));
            mutants.add(splice(bytes, at, at, new byte[] {bytes[at]}));
            mutants.add(splice(bytes, at, at, new byte[] {(byte) at}));
            mutants.add(Bytes.wrap(Arrays.copyOf(bytes, at)));
        }
        mutants.add(Bytes.wrap(Arrays.copyOf(bytes, bytes.length + 1)));
        mutants.add(splice(bytes, 0, 0, bytes));
        mutants.removeIf(proof::equals);
        return mutants;
    }

    /** One to three changes of up to 64 bytes each: random bytes, moved ones, fewer, more. */
    static Bytes random(Bytes proof, Random random) {
        Bytes mutant = proof;
        for (int i = random.nextInt(3); i >= 0 && !mutant.isEmpty(); i--) {
            byte[] bytes = mutant.shared();
            int from = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 8 : 64));
            byte[] part = new byte[random.nextInt(3) == 0 ? 0 : to - from];
            random.nextBytes(part);
            if (random.nextBoolean()) {
                int source = random.nextInt(bytes.length);
                part = Arrays.copyOfRange(bytes, source, Math.min(bytes.length, source + to - from));
            }
            mutant = splice(bytes, from, random.nextInt(4) == 0 ? from : to, part);
        }
        return mutant;
    }

    private static Bytes splice(byte[] bytes, int from, int to, byte[] part) {
        byte[] spliced = new byte[bytes.length - (to - from) + part.length];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(part, 0, spliced, from, part.length);
        System.arraycopy(bytes, to, spliced, from + part.length, bytes.length - to);
        return Bytes.wrap(spliced);
    }
}
