package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.GovernanceArbitraries;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.TestKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A governance has one text, and a text is one governance or none. */
class GovernanceTextTest {
    private static final String ALICES = line(KeyKind.ED25519, 1);
    private static final String BOBS = line(KeyKind.SK_ED25519, 2);
    private static final String CAROLS = line(KeyKind.ECDSA_P256, 3);
    private static final String MACHINES = line(KeyKind.ED25519, 4);

    private static final String TEXT = """
            cairn-governance-1
            person alice roles admin,ops
            key alice %s
            person bob roles admin
            key bob %s from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z revoked 2026-06-01T00:00:00Z
            person carol until 2030-01-01T00:00:00Z
            key carol %s
            node web1
            key web1 %s
            guard registry threshold 1 people - roles admin author counts keys any valid 604800
            guard recovery threshold 2 people alice,carol roles - author counts keys any valid 604800
            guard everything threshold 1 people carol roles ops author counts keys any valid 86400
            guard prefix prod/ threshold 1 people - roles ops author excluded keys ssh-ed25519,sk-ssh-ed25519@openssh.com valid 86400
            open prefix scratch/a%%20b
            gateways-may compact
            keep-revisions 1000
            """.formatted(ALICES, BOBS, CAROLS, MACHINES);

    private static String line(KeyKind kind, int number) {
        try {
            return TestKey.of(kind, number).publicKey().line();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    @Provide
    Arbitrary<Governance> governances() {
        return GovernanceArbitraries.governances();
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        return Mutation.any();
    }

    @Property(tries = 300)
    void whatIsPrintedIsReadBack(@ForAll("governances") Governance governance) throws ChangeException {
        assertThat(Governance.parse(governance.text())).isEqualTo(governance);
    }

    @Property(tries = 1000)
    void aMutatedTextIsRefusedOrIsAnothersOneText(
            @ForAll("governances") Governance governance, @ForAll("mutations") Mutation mutation) {
        readsOnlyItsOwnText(mutation.of(governance.text()), governance);
    }

    @Property(tries = 300)
    void twoLinesExchangedAreRefused(@ForAll("governances") Governance governance, @ForAll Random random) {
        List<String> lines = new ArrayList<>(governance.text().toUtf8().lines().toList());
        int a = random.nextInt(lines.size());
        int b = random.nextInt(lines.size());
        Collections.swap(lines, a, b);
        if (!lines.get(a).equals(lines.get(b))) {
            assertThatThrownBy(() -> Governance.parse(Bytes.utf8(String.join("\n", lines) + "\n")))
                    .isInstanceOf(ChangeException.class);
        }
    }

    private static void readsOnlyItsOwnText(Bytes text, Governance original) {
        Governance read;
        try {
            read = Governance.parse(text);
        } catch (ChangeException e) {
            assertThat(e.getMessage()).contains("; ").doesNotContain("\n");
            return;
        }
        assertThat(read.text()).isEqualTo(text);
        assertThat(read.equals(original)).isEqualTo(text.equals(original.text()));
    }

    @Example
    void theTextIsAsDocumented() throws ChangeException {
        Governance governance = Governance.parse(Bytes.utf8(TEXT));
        assertThat(governance.text().toUtf8()).isEqualTo(TEXT);
        assertThat(governance.keepRevisions()).isEqualTo(1000);
        assertThat(governance.registry().principals())
                .extracting(Principal::kind)
                .containsExactly(
                        Principal.Kind.PERSON, Principal.Kind.PERSON, Principal.Kind.PERSON, Principal.Kind.NODE);
        assertThat(governance.guards().ruling(Bytes.utf8("scratch/a b"))).isEqualTo(new Ruling.Open());
        assertThat(governance.guards().ruling(Bytes.utf8("prod/x")))
                .isInstanceOfSatisfying(
                        Ruling.Guarded.class,
                        ruling -> assertThat(ruling.guard().excludeAuthor()).isTrue());
        assertThat(governance.deadEnds(1_790_000_000)).isEmpty();
        assertThat(governance.deadEnds(1_900_000_000))
                .as("carol's time is over, and alice is no second person beside herself")
                .containsExactly(
                        new Objection.DeadEnd(Scope.RECOVERY, 2, 1),
                        new Objection.DeadEnd(new Scope.OfPrefix(Bytes.utf8("prod/")), 1, 1));
    }

    @Example
    void nobodyGovernsTheOpenOne() throws ChangeException {
        assertThat(Governance.OPEN.text().toUtf8()).isEqualTo("""
                        cairn-governance-1
                        open everything
                        gateways-may alarm
                        gateways-may auth
                        gateways-may compact
                        gateways-may import
                        gateways-may move-leader
                        """);
        assertThat(Governance.parse(Governance.OPEN.text())).isEqualTo(Governance.OPEN);
    }

    @Example
    void eachOtherTextIsRefused() {
        refused("cairn-governance-1", "cairn-governance-2", "line 1 of the governance is not");
        refused("person alice roles admin,ops", "person alice roles ops,admin", "line 2 of the governance is not");
        refused("person alice roles admin,ops", "person alice roles -", "line 2 of the governance is not");
        refused("person alice roles admin,ops", "person alice roles admin,,ops", "is no role");
        refused("person alice", "person Alice", "is no principal's name");
        refused("person alice", "human alice", "begins with \"human\"");
        refused("person carol", "person alice", "names alice again");
        refused("node web1\n", "node web1 from 1970-01-01T00:00:00Z\n", "line 8 of the governance is not");
        refused("key bob", "key dave", "gives a key to dave, whose own line does not stand above it");
        refused("key bob " + BOBS, "key bob " + ALICES, "is already");
        refused("key bob " + BOBS, "key bob " + BOBS.replace("=", ""), "has a key that is refused");
        refused("key bob " + BOBS, "key bob  " + BOBS, "has a key that is refused");
        refused("until 2027-01-01T00:00:00Z", "until 2026-01-01T00:00:00Z", "begins in 1970 or later");
        refused(" revoked 2026-06-01T00:00:00Z", " revoked 2026-06-31T00:00:00Z", "has no time such as");
        refused("guard registry", "guard nothing", "has no \"prefix\"");
        refused("threshold 1 people - roles admin", "threshold 0 people - roles admin", "at least 1");
        refused("threshold 2 people", "threshold 2147483648 people", "above 2147483647");
        refused("alice,carol", "carol,alice", "line 11 of the governance is not");
        refused("author excluded", "author exclude", "has no \"counts\"");
        refused("keys ssh-ed25519,", "keys ssh-dss,", "names no kind of key");
        refused("keys ssh-ed25519,", "keys any,", "names no kind of key");
        refused("valid 86400\nopen", "valid 86400 s\nopen", "words behind its end");
        refused("open prefix scratch/a%20b", "open prefix prod/", "has two rules");
        refused("open prefix scratch/a%20b", "open prefix", "ends too early");
        refused("open prefix scratch/a%20b", "open prefix prod", "line 13 of the governance is not");
        refused("gateways-may compact", "gateways-may everything", "names no right");
        refused("gateways-may compact\n", "gateways-may compact\ngateways-may compact\n", "line 16");
        refused("keep-revisions 1000", "keep-revisions 0", "line 16 of the governance is not");
        refused("keep-revisions 1000\n", "keep-revisions 1000", "does not end with the end of its last line");
    }

    private static void refused(String good, String bad, String reason) {
        assertThat(TEXT).contains(good);
        assertThatThrownBy(() -> Governance.parse(Bytes.utf8(TEXT.replace(good, bad))))
                .as(bad)
                .isInstanceOf(ChangeException.class)
                .hasMessageContaining(reason)
                .hasMessageMatching("[^\n]*; [^\n]*");
    }
}
