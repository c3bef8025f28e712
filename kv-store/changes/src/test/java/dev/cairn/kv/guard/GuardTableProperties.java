package dev.cairn.kv.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The table against a plain search of all guards. */
class GuardTableProperties {
    private static final byte[] ALPHABET = {0, 1, 'a', (byte) 0xfe, (byte) 0xff};

    /** Every key of up to five bytes of the alphabet. */
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
                new Scope.OfPrefix(prefix),
                1,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("ops"))),
                false,
                EnumSet.allOf(KeyKind.class),
                60);
    }

    /** Prefixes, some guarded and the others open, with a guard of last resort or without. */
    record Rules(Set<Bytes> prefixes, int openBits, boolean hasRegistryGuard) {
        private static final Guard LAST_RESORT = new Guard(
                Scope.REGISTRY,
                1,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("admin"))),
                false,
                EnumSet.allOf(KeyKind.class),
                60);

        private List<Bytes> chosen(boolean open) {
            List<Bytes> sorted = List.copyOf(new TreeSet<>(prefixes));
            return sorted.stream()
                    .filter(prefix -> (openBits >> sorted.indexOf(prefix) & 1) == (open ? 1 : 0))
                    .toList();
        }

        GuardTable table() {
            return new GuardTable(
                    registryGuard(),
                    chosen(false).stream().map(GuardTableProperties::guard).toList(),
                    chosen(true));
        }

        private Optional<Guard> registryGuard() {
            return hasRegistryGuard ? Optional.of(LAST_RESORT) : Optional.empty();
        }

        Ruling slowly(Bytes key) {
            Optional<Bytes> longest =
                    prefixes.stream().filter(key::startsWith).max(Comparator.comparingInt(Bytes::size));
            if (longest.isEmpty()) {
                return registryGuard().<Ruling>map(Ruling.Guarded::new).orElseGet(Ruling.Closed::new);
            }
            return chosen(true).contains(longest.get()) ? new Ruling.Open() : new Ruling.Guarded(guard(longest.get()));
        }
    }

    @Provide
    Arbitrary<Rules> rules() {
        return Combinators.combine(
                        prefixes(), Arbitraries.integers().between(0, (1 << 12) - 1), Arbitraries.of(true, false))
                .as(Rules::new);
    }

    @Property
    void theLongestPrefixDecides(@ForAll("rules") Rules rules) {
        GuardTable table = rules.table();
        for (Bytes key : KEYS) {
            Ruling expected = rules.slowly(key);
            assertThat(table.ruling(key)).isEqualTo(expected);
            assertThat(table.isOpen(KeySpan.single(key))).isEqualTo(expected.equals(new Ruling.Open()));
        }
    }

    /** A range touches exactly what decides on one of its keys, and is open if each of them is. */
    @Property
    void aRangeTouchesWhatItsKeysTouch(
            @ForAll("rules") Rules rules, @ForAll("shortKeys") Bytes from, @ForAll("shortKeys") Bytes until) {
        touchesWhatItsKeysTouch(rules, new KeySpan(from, Optional.of(until)));
        touchesWhatItsKeysTouch(rules, new KeySpan(from, Optional.empty()));
    }

    private static void touchesWhatItsKeysTouch(Rules rules, KeySpan span) {
        Set<Ruling> expected = new LinkedHashSet<>();
        // The first key behind a prefix need not be of the alphabet, and may be the only one there.
        Stream<Bytes> ends = rules.prefixes().stream().flatMap(prefix -> KeySpan.prefix(prefix).until().stream());
        Stream.concat(KEYS.stream(), ends).filter(span::contains).forEach(key -> expected.add(rules.slowly(key)));
        GuardTable table = rules.table();
        assertThat(table.rulings(span)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(table.isOpen(span))
                .isEqualTo(expected.stream().allMatch(ruling -> ruling.equals(new Ruling.Open())));
    }

    @Property
    void oneRuleForOnePrefix(@ForAll("shortKeys") Bytes prefix) {
        assertThatThrownBy(() -> new GuardTable(Optional.empty(), List.of(guard(prefix)), List.of(prefix)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keep one");
    }
}
