package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Permission;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random histories of users, roles and requests, beside a model that knows sets of keys alone. */
class AuthModelTest extends ExecutionFixture {
    private static final List<Bytes> ENDS =
            Stream.of("a", "aa", "ab", "b", "ba", "c").map(Bytes::utf8).toList();
    private static final List<String> USERS = List.of("root", "ann", "bob", "eve", "");
    private static final List<String> ROLES = List.of("root", "ra", "rb", "");
    private static final int ROUNDS = 12;
    private static final int PER_ROUND = 24;

    @Property(tries = 60)
    void theStoreDoesWhatTheModelDoes(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        AuthModel model = new AuthModel(ENDS);
        for (int round = 0; round < ROUNDS; round++) {
            List<Operation> asked = new ArrayList<>();
            List<Optional<KvError>> expected = new ArrayList<>();
            for (int i = 0; i < PER_ROUND; i++) {
                Optional<String> user = random.nextInt(12) == 0 ? Optional.empty() : Optional.of(user(random));
                long revision = random.nextInt(12) == 0 ? model.revision - 1 : model.revision;
                Operation operation = operation(random, model.enabled);
                asked.add(user.<Operation>map(name -> new Operation.OnBehalf(Bytes.utf8(name), revision, operation))
                        .orElse(operation));
                expected.add(model.ask(user, revision, operation));
            }
            List<Outcome> outcomes = run(asked);
            for (int i = 0; i < asked.size(); i++) {
                assertThat(error(outcomes.get(i)))
                        .describedAs("round %d, operation %d: %s", round, i, asked.get(i))
                        .isEqualTo(expected.get(i));
            }
            AuthView view = machine.committed().auth();
            assertThat(view.status().revision()).isEqualTo(model.revision);
            assertThat(view.status().enabled()).isEqualTo(model.enabled);
            if (random.nextInt(4) == 0) {
                machine.close();
                machine = KvStateMachine.open(directory, CHAIN, founding(), Limits.DEFAULT);
            }
        }
    }

    /** Where users and roles decide nothing, what else may be wrong is not looked at. */
    private static Optional<KvError> error(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed ? Optional.of(failed.error()) : Optional.empty();
    }

    private static String user(Random random) {
        return USERS.get(Math.min(random.nextInt(6), 4));
    }

    private static Bytes name(List<String> names, Random random) {
        return Bytes.utf8(names.get(random.nextInt(names.size())));
    }

    private static Operation operation(Random random, boolean enabled) {
        boolean changes = random.nextInt(10) < (enabled ? 3 : 8);
        return changes ? change(random) : onKeys(random, 2);
    }

    private static AuthOperation change(Random random) {
        Bytes user = name(USERS, random);
        Bytes role = name(ROLES, random);
        Bytes key = random.nextInt(20) == 0 ? Bytes.EMPTY : key(random);
        return switch (random.nextInt(16)) {
            case 0, 1 -> new AuthOperation.Enable();
            case 2 -> random.nextInt(4) == 0 ? new AuthOperation.Disable() : new AuthOperation.Enable();
            case 3, 4 -> new AuthOperation.UserAdd(user, Bytes.utf8("hash"), random.nextBoolean());
            case 5 ->
                random.nextInt(3) == 0
                        ? new AuthOperation.UserDelete(user)
                        : new AuthOperation.UserChangePassword(user, Bytes.utf8("other"));
            case 6, 7, 8 -> new AuthOperation.UserGrantRole(user, role);
            case 9 -> new AuthOperation.UserRevokeRole(user, role);
            case 10, 11 -> new AuthOperation.RoleAdd(role);
            case 12 ->
                random.nextInt(3) == 0
                        ? new AuthOperation.RoleDelete(role)
                        : new AuthOperation.RoleRevokePermission(role, key, end(random));
            default -> new AuthOperation.RoleGrantPermission(role, new Permission(type(random), key, end(random)));
        };
    }

    private static Permission.Type type(Random random) {
        Permission.Type[] types = Permission.Type.values();
        return types[random.nextInt(types.length)];
    }

    private static Operation onKeys(Random random, int depth) {
        Bytes key = key(random);
        return switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0, 1 -> Operation.Range.all(key, endAfter(key, random));
            case 2, 3 -> new Operation.Put(key, Bytes.EMPTY, 0, random.nextBoolean(), false, false);
            case 4 -> new Operation.DeleteRange(key, endAfter(key, random), random.nextBoolean());
            default ->
                new Operation.Txn(
                        random.nextBoolean()
                                ? List.of()
                                : List.of(new Compare(
                                        Compare.Result.EQUAL,
                                        Compare.Target.VERSION,
                                        key,
                                        endAfter(key, random),
                                        0,
                                        Bytes.EMPTY)),
                        List.of(onKeys(random, depth - 1)),
                        random.nextBoolean() ? List.of() : List.of(onKeys(random, depth - 1)));
        };
    }

    private static Bytes key(Random random) {
        return ENDS.get(random.nextInt(ENDS.size()));
    }

    private static Bytes end(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Bytes.EMPTY;
            case 1 -> Bytes.wrap(new byte[1]);
            default -> key(random);
        };
    }

    /** What is asked for holds a key. */
    private static Bytes endAfter(Bytes key, Random random) {
        Bytes end = end(random);
        boolean holdsOne = end.isEmpty() || end.equals(Bytes.wrap(new byte[1])) || key.compareTo(end) < 0;
        return holdsOne ? end : Bytes.EMPTY;
    }
}
