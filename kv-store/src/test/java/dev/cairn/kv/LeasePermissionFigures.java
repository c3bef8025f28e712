package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.auth.Attachments;
import dev.cairn.kv.auth.AuthLimits;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.auth.Permitted;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Permission;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What it costs at the bounds to find out whether a transaction may attach keys to leases: 128 puts by a user of 64 roles with 256
 * permissions each.
 *
 * <pre>mvn -q -pl kv-store -am test -Dtest=LeasePermissionFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class LeasePermissionFigures {
    private static final int SPANS = AuthLimits.ROLES_PER_USER * AuthLimits.PERMISSIONS_PER_ROLE;
    private static final int ROUNDS = 7;

    @Test
    void print() {
        print("one lease of 200,000 keys", 1, 200_000);
        print("128 leases of one key each", Limits.DEFAULT.txnOperations(), 1);
        print("128 leases of 1,500 keys each", Limits.DEFAULT.txnOperations(), 1_500);
    }

    private static void print(String what, int leases, int keysEach) {
        Operation.Txn txn = new Operation.Txn(List.of(), puts(leases), List.of());
        Caller caller = new Caller(Bytes.utf8("ann"), 1);
        Optional<Permitted> permitted = Optional.of(permitted());
        Authoriser authoriser = new Authoriser(new AuthStatus(true, 1, 1), _ -> permitted, attached(leases, keysEach));
        List<Long> micros = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            assertThat(authoriser.refusal(Optional.of(caller), txn)).isEmpty();
            micros.add((System.nanoTime() - start) / 1000);
        }
        Collections.sort(micros);
        System.out.printf("%s: %,d us%n", what, micros.get(ROUNDS / 2));
    }

    private static List<Operation> puts(int leases) {
        return LongStream.range(0, Limits.DEFAULT.txnOperations())
                .<Operation>mapToObj(
                        i -> new Operation.Put(key(15 * i), Bytes.EMPTY, 1 + i % leases, false, false, false))
                .toList();
    }

    private static Bytes key(long number) {
        return Bytes.utf8("%08d".formatted(number));
    }

    /** 13 keys out of 15, in {@link #SPANS} parts that do not touch. */
    private static Permitted permitted() {
        List<Permission> permissions = new ArrayList<>();
        for (int i = 0; i < SPANS; i++) {
            permissions.add(new Permission(Permission.Type.READWRITE, key(15L * i), key(15L * i + 13)));
        }
        return Permitted.by(permissions);
    }

    private static Attachments attached(int leases, int keysEach) {
        TreeEditor tree = Tree.EMPTY.edit();
        for (int lease = 1; lease <= leases; lease++) {
            for (int i = 0; i < keysEach; i++) {
                long permittedKey = keysEach < SPANS ? 15L * i : 15L * (i % SPANS) + i / SPANS;
                Bytes record = LeaseKeys.attached(lease, key(permittedKey));
                tree.put(new Leaf(KeyVersion.put(record, 1, 0, 0, 0, 0, Value.of(Bytes.EMPTY)), MerkleFrontier.EMPTY));
            }
        }
        Tree sealed = tree.seal();
        return LeaseAttachments.of(sealed::forEach);
    }
}
