package dev.cairn.kv.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The table against a plain search of all guards. */
class GuardTableProperties {
    private static final byte[] ALPHABET = {0, 1, 'a', (byte) 0xfe, (byte) 0xff};

    /** Every key of up to five bytes of the alphabet: more than the prefixes and ends in these tests tell apart. */
    private static final List<Bytes> KEYS = keys(5);

    private static List<Bytes> keys(int longest) {
        List<Bytes> all = new ArrayList<>(List.of(Bytes.EMPTY));
        for (int from = 0, length = 1; length <= longest; length++) {
            int end = all.size();
            for (; from < end; from++) {
                for (byte letter : ALPHABET) {
                    byte[] longer = Arrays.copyOf(all.get(from).shared(), length);
                    longer[length - 1] = letter;
                    all.add(Bytes.wrap(longer));
                }
            }
        }
        return all;
    }

    @Provide
    Arbitrary<Bytes> shortKeys() {
        return Arbitraries.of(KEYS).filter(key -> key.size() <= 3);
    }

    @Provide
    Arbitrary<Set<Bytes>> prefixes() {
        return shortKeys().set().ofMaxSize(12);
    }

    static Guard guard(Bytes prefix) {
        return new Guard(
                prefix,
                1,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("ops"))),
                false,
                EnumSet.allOf(KeyKind.class),
                60);
    }

    private static Optional<Guard> slowly(List<Guard> guards, Bytes key) {
        return guards.stream()
                .filter(guard -> key.startsWith(guard.prefix()))
                .max(Comparator.comparingInt(guard -> guard.prefix().size()));
    }

    @Property
    void theLongestPrefixDecides(@ForAll("prefixes") Set<Bytes> prefixes) {
        List<Guard> guards = prefixes.stream().map(GuardTableProperties::guard).toList();
        GuardTable table = new GuardTable(guards);
        for (Bytes key : KEYS) {
            assertThat(table.deciding(key)).isEqualTo(slowly(guards, key));
        }
    }

    /** A range touches exactly the guards that decide on one of its keys. */
    @Property
    void aRangeTouchesWhatItsKeysTouch(
            @ForAll("prefixes") Set<Bytes> prefixes,
            @ForAll("shortKeys") Bytes from,
            @ForAll("shortKeys") Bytes until) {
        List<Guard> guards = prefixes.stream().map(GuardTableProperties::guard).toList();
        KeySpan span = new KeySpan(from, Optional.of(until));
        Set<Guard> expected = new LinkedHashSet<>();
        KEYS.stream().filter(span::contains).forEach(key -> slowly(guards, key).ifPresent(expected::add));
        assertThat(new GuardTable(guards).deciding(span)).containsExactlyInAnyOrderElementsOf(expected);
    }
}
