package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.guard.AdminArbitraries;
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

/** A change of the governance has one text, and a text is one such change or none. */
class AdminTextTest {
    private static final String TEXT = """
            cairn-admin-1
            chain %s
            base 1200
            valid-from 2026-11-26T03:00:00Z
            expires 2026-11-27T03:00:00Z
            author alice
            reason Bob has a new key
            compact 1234
            remove gateways-may compact
            remove guard recovery
            remove open prefix scratch/
            revoke key bob %s
            revoke node web1
            set guard prefix prod/ threshold 2 people bob,carol roles - author counts keys any valid 60
            set keep-revisions 1000
            set key bob %s until 2030-01-01T00:00:00Z
            set open prefix tmp/
            set person bob roles admin,ops
            """.formatted("ab".repeat(32), fingerprint(1), line(2));

    private static String line(int number) {
        try {
            return TestKey.of(KeyKind.ED25519, number).publicKey().line();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String fingerprint(int number) {
        try {
            return TestKey.of(KeyKind.ED25519, number).publicKey().fingerprint().toString();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    @Provide
    Arbitrary<AdminChange> changes() {
        return AdminArbitraries.changes();
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        return Mutation.any();
    }

    @Property(tries = 300)
    void whatIsPrintedIsReadBack(@ForAll("changes") AdminChange change) throws ChangeException {
        assertThat(SignedText.parse(change.text())).isEqualTo(change);
    }

    @Property(tries = 300)
    void theOrderGivenDoesNotMatter(@ForAll("changes") AdminChange change, @ForAll Random random) {
        List<AdminOperation> operations = new ArrayList<>(change.operations());
        Collections.shuffle(operations, random);
        assertThat(AdminArbitraries.withOperations(change, operations)).isEqualTo(change);
    }

    @Property(tries = 1000)
    void aMutatedTextIsRefusedOrIsAnothersOneText(
            @ForAll("changes") AdminChange change, @ForAll("mutations") Mutation mutation) {
        Bytes text = mutation.of(change.text());
        SignedText read;
        try {
            read = SignedText.parse(text);
        } catch (ChangeException e) {
            assertThat(e.getMessage()).contains("; ").doesNotContain("\n");
            return;
        }
        assertThat(read.text()).isEqualTo(text);
        assertThat(read.equals(change)).isEqualTo(text.equals(change.text()));
    }

    @Example
    void theTextIsAsDocumented() throws ChangeException {
        AdminChange change = AdminText.parse(Bytes.utf8(TEXT));
        assertThat(change.text().toUtf8()).isEqualTo(TEXT);
        assertThat(change.operations())
                .hasSize(11)
                .contains(
                        new AdminOperation.Compact(1234),
                        new AdminOperation.RemoveGuard(Scope.RECOVERY),
                        new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("tmp/"))));
    }

    @Example
    void eachOtherTextIsRefused() {
        refused("cairn-admin-1", "cairn-admin-2", ChangeRefusal.NOT_CANONICAL);
        refused("27T03:00:00Z", "26T03:00:00Z", ChangeRefusal.EMPTY_VALIDITY);
        refused("reason Bob", "reason \u202eBob", ChangeRefusal.NOT_CANONICAL);
        refused("base 1200\n", "base 1200\nexpect a absent\n", ChangeRefusal.NOT_CANONICAL);
        refused("compact 1234\n", "compact 1234\ncompact 1235\n", ChangeRefusal.OVERLAPPING);
        refused("remove guard recovery", "remove guard registry", ChangeRefusal.NOT_CANONICAL);
        refused("remove guard recovery", "remove guard prefix prod/", ChangeRefusal.OVERLAPPING);
        refused("open prefix tmp/", "open prefix prod/", ChangeRefusal.OVERLAPPING);
        refused("revoke node web1", "revoke person bob", ChangeRefusal.OVERLAPPING);
        refused("revoke key bob " + fingerprint(1), "revoke key bob " + fingerprint(2), ChangeRefusal.OVERLAPPING);
        refused("revoke key bob SHA256:", "revoke key bob ", ChangeRefusal.NOT_CANONICAL);
        refused("roles admin,ops", "roles ops,admin", ChangeRefusal.NOT_CANONICAL);
        refused("until 2030-01-01T00:00:00Z", "revoked 2030-01-01T00:00:00Z", ChangeRefusal.NOT_CANONICAL);
        refused("set open prefix tmp/", "set closed prefix tmp/", ChangeRefusal.NOT_CANONICAL);
        refused("admin,ops\n", "admin,ops\n\n", ChangeRefusal.TRAILING_BYTES);
    }

    private static void refused(String good, String bad, ChangeRefusal reason) {
        assertThat(TEXT).contains(good);
        Bytes text = Bytes.utf8(TEXT.replace(good, bad));
        assertThatThrownBy(() -> SignedText.parse(text))
                .as(bad)
                .isInstanceOfSatisfying(
                        ChangeException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .hasMessageMatching("[^\n]*; [^\n]*");
    }
}
