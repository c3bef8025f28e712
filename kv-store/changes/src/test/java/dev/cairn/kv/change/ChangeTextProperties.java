package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** A change has one text, and a text is one change or none. */
class ChangeTextProperties {
    @Provide
    Arbitrary<Change> changes() {
        return ChangeArbitraries.changes();
    }

    @Provide
    Arbitrary<Bytes> keys() {
        return ChangeArbitraries.keys();
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        return Mutation.any();
    }

    @Property
    void whatIsPrintedIsReadBack(@ForAll("changes") Change change) throws ChangeException {
        assertThat(ChangeText.parse(change.text())).isEqualTo(change);
    }

    @Property
    void theOrderGivenDoesNotMatter(@ForAll("changes") Change change, @ForAll Random random) {
        List<Precondition> preconditions = new ArrayList<>(change.preconditions());
        List<ChangeOperation> operations = new ArrayList<>(change.operations());
        Collections.shuffle(preconditions, random);
        Collections.shuffle(operations, random);
        Change shuffled = new Change(
                change.chain(),
                change.baseRevision(),
                change.validFromSeconds(),
                change.expiresSeconds(),
                change.author(),
                change.reason(),
                preconditions,
                operations);
        assertThat(shuffled).isEqualTo(change);
    }

    /** A text that is accepted is the text of what it was read as: nothing else is signed than what is understood. */
    @Property(tries = 3000)
    void aMutatedTextIsRefusedOrIsAnothersOneText(
            @ForAll("changes") Change change, @ForAll("mutations") Mutation mutation) {
        readsOnlyItsOwnText(mutation.of(change.text()), change);
    }

    @Property
    void twoLinesExchangedAreRefused(@ForAll("changes") Change change, @ForAll Random random) {
        List<String> lines = new ArrayList<>(change.text().toUtf8().lines().toList());
        int a = random.nextInt(lines.size());
        int b = random.nextInt(lines.size());
        Collections.swap(lines, a, b);
        if (!lines.get(a).equals(lines.get(b))) {
            assertThatThrownBy(() -> ChangeText.parse(Bytes.utf8(String.join("\n", lines) + "\n")))
                    .isInstanceOf(ChangeException.class);
        }
    }

    private static void readsOnlyItsOwnText(Bytes text, Change original) {
        Change read;
        try {
            read = ChangeText.parse(text);
        } catch (ChangeException e) {
            assertThat(e.getMessage()).contains("; ").doesNotContain("\n");
            return;
        }
        assertThat(read.text()).isEqualTo(text);
        assertThat(read.equals(original)).isEqualTo(text.equals(original.text()));
        assertThat(read.digest().equals(original.digest())).isEqualTo(read.equals(original));
    }

    @Property
    void aKeyHasOneSpelling(@ForAll("keys") Bytes key) {
        assertThat(Words.parseKey(Words.printKey(key))).contains(key);
    }

    @Property
    void everySpellingThatIsReadIsTheOne(@ForAll("keys") Bytes word) {
        String text = new String(word.shared(), StandardCharsets.ISO_8859_1);
        Words.parseKey(text).ifPresent(key -> assertThat(Words.printKey(key)).isEqualTo(text));
    }

    @Property
    void timesAreThoseOfTheLibrary(@ForAll @LongRange(max = 253_402_300_799L) long seconds) {
        String text = UtcTime.print(seconds);
        assertThat(text).isEqualTo(Instant.ofEpochSecond(seconds).toString());
        assertThat(UtcTime.parse(text)).isEqualTo(OptionalLong.of(seconds));
    }
}
