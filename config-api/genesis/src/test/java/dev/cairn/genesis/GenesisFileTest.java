package dev.cairn.genesis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cairn.genesis.GenesisFile.Member;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GenesisFileTest {
    private static final Governance GOVERNANCE = governance("""
            cairn-governance-1
            person alice roles admin
            key alice ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea
            guard registry threshold 1 people - roles admin author counts keys any valid 604800
            open prefix scratch/
            """);
    private static final byte[] DOCUMENT = genesis(4).render();

    @Property(tries = 200)
    void whatIsRenderedReadsBackAsTheSame(@ForAll("genesisFiles") GenesisFile genesis) throws Exception {
        GenesisFile read = GenesisFile.parse(genesis.render());
        assertEquals(genesis, read);
        assertArrayEquals(genesis.render(), read.render());
        assertEquals(genesis.chainId(), read.chainId());
    }

    @Example
    void anyByteChangedIsRefusedOrAnotherChain() {
        Digest chain = genesis(4).chainId();
        for (int at = 0; at < DOCUMENT.length; at++) {
            for (int value :
                    new int[] {0, ' ', '"', '0', '1', 'a', 'A', '}', 0x80, 0xff, DOCUMENT[at] ^ 1, DOCUMENT[at] ^ 0x20
                    }) {
                byte[] changed = DOCUMENT.clone();
                changed[at] = (byte) value;
                if (changed[at] != DOCUMENT[at]) {
                    refusedOrAnotherChain(changed, chain);
                }
            }
        }
    }

    @Example
    void anyByteInsertedOrRemovedIsRefusedOrAnotherChain() {
        Digest chain = genesis(4).chainId();
        for (int at = 0; at <= DOCUMENT.length; at++) {
            for (char inserted : new char[] {' ', '\n', '0', 'a', ','}) {
                String text = new String(DOCUMENT, StandardCharsets.US_ASCII);
                refusedOrAnotherChain(utf8(text.substring(0, at) + inserted + text.substring(at)), chain);
                refusedOrAnotherChain(Arrays.copyOf(DOCUMENT, at == DOCUMENT.length ? at - 1 : at), chain);
            }
        }
    }

    private static void refusedOrAnotherChain(byte[] changed, Digest chain) {
        try {
            assertNotEquals(chain, GenesisFile.parse(changed).chainId());
        } catch (Json.MalformedException e) {
            assertTrue(String.valueOf(e.getMessage()).length() > 5, e::toString);
        }
    }

    @Example
    void refusalsSayWhatIsWrong() {
        refused("cluster\": \"demo", "cluster\": \"Demo", "cluster name \"Demo\"");
        refused("\"window\": 16", "\"window\": \"16\"", "parameters.window is not a whole number");
        refused("\"window\": 16", "\"window\": 16.0", "only whole numbers");
        refused("\"window\": 16", "\"window\": 99999999999", "parameters.window is above");
        refused("\"window\": 16", "\"window\": 0", "parameters out of bounds");
        refused("\"window\": 16", "\"window\": 16,\n    \"window\": 16", "\"window\" stands here a second time");
        refused("\"window\": 16", "\"width\": 16", "parameters.window is missing");
        refused("\"window\": 16", "\"window\": 16,\n    \"zoom\": 1", "parameters.zoom is unknown");
        refused("\"id\": 1", "\"id\": 2", "replicas[1].id is not 1");
        refused("127.0.0.1:2389", "127.0.0.1:2379", "the same address stands twice: 127.0.0.1:2379");
        refused("127.0.0.1:2389", "127.0.0.1", "replicas[1].clientAddress: \"127.0.0.1\" has no port");
        refused(
                "roles admin author",
                "roles ops author",
                "the threshold 1 of the guard on the registry could never be met");
        refused("roles admin\"", "roles  admin\"", "field governance: the governance: \"\" is no role");
        refused("\"open prefix scratch/\"", "1", "governance is not a list of lines");
        refused("scratch/\"", "scratch/\",\n    \"open prefix a/\"", "field governance: ");
        refused("scratch/\"", "scratch/\\nopen prefix t/\"", "not spelled the one way");
        refused("cairn-genesis-1", "cairn-genesis-2", "the only one this version reads");
        refused("2026-01-31T12:00:00Z", "yesterday", "created is not a time");
        refused("  \"cluster\"", "   \"cluster\"", "line 2, column 3: not spelled the one way");
        refused("]\n}\n", "]\n}\n{}", "nothing may follow");
        refused("]\n}\n", "]\n}", "not spelled the one way");
    }

    private static void refused(String from, String to, String reason) {
        String text = new String(DOCUMENT, StandardCharsets.US_ASCII);
        assertTrue(text.contains(from), from);
        Json.MalformedException e = assertThrows(
                Json.MalformedException.class,
                () -> GenesisFile.parse(utf8(text.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to)))));
        assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
    }

    @Example
    void twoReplicasCannotShareAVoteKey() {
        Member member = genesis(1).replicas().getFirst();
        Member twin = new Member(member.client().withPort(9), member.peer().withPort(8), Digest.ZERO, member.voteKey());
        GenesisFile one = genesis(1);
        assertThrows(
                IllegalArgumentException.class,
                () -> new GenesisFile("demo", one.created(), one.parameters(), List.of(member, twin), GOVERNANCE));
    }

    @Example
    void aGuardThatCouldLetNothingPassIsRefused() {
        GenesisFile one = genesis(1);
        Instant beforeItsKeyCounts = Instant.parse("2025-01-01T00:00:00Z");
        Governance later = governance(GOVERNANCE.text().toUtf8().replace("B1Ea\n", "B1Ea from 2025-01-01T00:00:01Z\n"));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new GenesisFile("demo", beforeItsKeyCounts, one.parameters(), one.replicas(), later));
        assertTrue(String.valueOf(e.getMessage()).contains("could never be met"), e::getMessage);
        assertEquals(
                later,
                new GenesisFile("demo", beforeItsKeyCounts.plusSeconds(1), one.parameters(), one.replicas(), later)
                        .governance());
    }

    @Provide
    Arbitrary<GenesisFile> genesisFiles() {
        Arbitrary<String> names = Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(63);
        Arbitrary<Instant> times =
                Arbitraries.longs().between(0, 9_000_000_000L).map(Instant::ofEpochSecond);
        Arbitrary<Parameters> parameters = Combinators.combine(
                        Arbitraries.integers().between(1, 1000),
                        Arbitraries.integers().between(1, 100_000),
                        Arbitraries.integers().between(1 << 13, 1 << 30),
                        Arbitraries.longs().greaterOrEqual(0))
                .as((window, interval, bytes, nanos) ->
                        new Parameters(window, interval, bytes, bytes, nanos, Long.MAX_VALUE - nanos));
        return Combinators.combine(
                        names, times, parameters, Arbitraries.integers().between(1, 100))
                .as((name, time, values, n) -> new GenesisFile(
                        name, time, values, genesis(n).replicas(), n % 2 == 0 ? GOVERNANCE : Governance.OPEN));
    }

    private static Governance governance(String text) {
        try {
            return Governance.parse(Bytes.utf8(text));
        } catch (ChangeException e) {
            throw new AssertionError(e);
        }
    }

    private static GenesisFile genesis(int n) {
        List<Member> members = new ArrayList<>();
        for (int port = 2379; members.size() < n; port += 10) {
            byte[] key = new byte[32];
            key[0] = (byte) members.size();
            key[31] = (byte) 0xab;
            members.add(new Member(
                    new HostPort("127.0.0.1", port),
                    new HostPort("127.0.0.1", port + 1),
                    new Digest(members.size(), 2, 3, 4),
                    Bytes.wrap(key)));
        }
        return new GenesisFile("demo", Instant.parse("2026-01-31T12:00:00Z"), Parameters.DEFAULT, members, GOVERNANCE);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
