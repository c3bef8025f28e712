package dev.cairn.chaos.conformance;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.authpb.UserAddOptions;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AuthDisableRequest;
import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGetRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordRequest;
import dev.cairn.proto.etcdserverpb.AuthUserDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.DefragmentRequest;
import dev.cairn.proto.etcdserverpb.HashKVRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * What operators might do beside clients: alarms and hashes; users, roles and permissions, from those of {@link Beginning}, and
 * who calls.
 */
final class UpkeepSequences {
    private static final int MOST_STEPS = 14;
    private static final int MOST_PERMISSIONS = 4;

    private final Sequences keys = new Sequences();
    private final Arbitrary<String> users = Arbitraries.frequency(
            Tuple.of(6, "ann"), Tuple.of(4, "ben"), Tuple.of(3, "root"), Tuple.of(2, "new"), Tuple.of(1, ""));
    private final Arbitrary<String> roles = Arbitraries.frequency(
            Tuple.of(6, "r"), Tuple.of(4, "s"), Tuple.of(2, "root"), Tuple.of(2, "new"), Tuple.of(1, ""));
    /** Of permissions of one role that begin at the same key etcd replaces the first alone when they are given again. */
    private final Arbitrary<KeyRange> ranges = Arbitraries.of(
            new KeyRange("a", ""),
            new KeyRange("a\0", "b"),
            new KeyRange("Z", "ab"),
            new KeyRange("aa", "\0"),
            new KeyRange("ab", "ac"),
            new KeyRange("b", "c"),
            new KeyRange("\0", "\0"),
            new KeyRange("c", "a"),
            new KeyRange("", "a"));

    private record KeyRange(String key, String end) {}

    /** Alarms and hashes among calls for keys and leases. */
    Arbitrary<List<Step>> ofUpkeep() {
        return Arbitraries.frequencyOf(Tuple.of(5, keys.keySteps()), Tuple.of(2, upkeep()))
                .list()
                .ofMinSize(1)
                .ofMaxSize(MOST_STEPS);
    }

    /** Permissions, most often needed, and then everything else. */
    Arbitrary<List<Step>> ofUsers() {
        Arbitrary<List<Step>> given =
                permissions().list().ofMinSize(1).ofMaxSize(MOST_PERMISSIONS).map(List::copyOf);
        Arbitrary<List<Step>> enabled = Arbitraries.frequency(
                Tuple.of(6, List.of(call(AuthEnableRequest.newBuilder()), signIn("ann", Beginning.PASSWORD))),
                Tuple.of(1, List.of()));
        Arbitrary<List<Step>> then = Arbitraries.frequencyOf(
                        Tuple.of(10, keys.keySteps().map(UpkeepSequences::onSomeKey)),
                        Tuple.of(4, callers()),
                        Tuple.of(3, administration()),
                        Tuple.of(1, permissions()),
                        Tuple.of(1, upkeep()))
                .list()
                .ofMinSize(1)
                .ofMaxSize(MOST_STEPS);
        return Combinators.combine(given, enabled, then)
                .as((first, second, third) ->
                        Stream.of(first, second, third).flatMap(List::stream).toList());
    }

    /**
     * Whether a range that holds no key is permitted depends in etcd on how its tree of permissions has grown; and a transaction
     * that names none is anybody's.
     */
    private static Step onSomeKey(Step step) {
        return switch (step) {
            case Step.Call(TxnRequest empty) when !empty.toString().contains("key: ") -> call(Words.get("a"));
            case Step.Call(Message request) -> new Step.Call(onSomeKey(request));
            case Step.StreamedRange(RangeRequest request) -> new Step.StreamedRange((RangeRequest) onSomeKey(request));
            case Step.KeepAlive _, Step.SignIn _, Step.SignOut _, Step.Watch _, Step.CancelWatch _ -> step;
        };
    }

    private static Message onSomeKey(Message message) {
        Message.Builder builder = Likeness.map(message, UpkeepSequences::onSomeKey).toBuilder();
        FieldDescriptor key = message.getDescriptorForType().findFieldByName("key");
        FieldDescriptor end = message.getDescriptorForType().findFieldByName("range_end");
        if (key != null
                && end != null
                && isEmpty((ByteString) message.getField(key), (ByteString) message.getField(end))) {
            builder.clearField(end);
        }
        return builder.build();
    }

    private static boolean isEmpty(ByteString key, ByteString end) {
        return !end.isEmpty()
                && !end.equals(Words.key("\0"))
                && ByteString.unsignedLexicographicalComparator().compare(end, key) <= 0;
    }

    private static Step call(Message.Builder request) {
        return new Step.Call(request.build());
    }

    private static Step signIn(String user, String password) {
        return new Step.SignIn(AuthenticateRequest.newBuilder()
                .setName(user)
                .setPassword(password)
                .build());
    }

    private Arbitrary<Step> callers() {
        Arbitrary<String> passwords = Arbitraries.frequency(
                Tuple.of(12, Beginning.PASSWORD), Tuple.of(2, "other"), Tuple.of(1, ""), Tuple.of(1, "wrong"));
        return Arbitraries.frequencyOf(
                Tuple.of(6, Combinators.combine(users, passwords).as(UpkeepSequences::signIn)),
                Tuple.of(1, Arbitraries.just(new Step.SignOut())));
    }

    private Arbitrary<Step> permissions() {
        return Combinators.combine(roles, Arbitraries.of(0, 1, 2, 2), ranges)
                .as((role, type, range) -> call(AuthRoleGrantPermissionRequest.newBuilder()
                        .setName(role)
                        .setPerm(Permission.newBuilder()
                                .setPermTypeValue(type)
                                .setKey(Words.key(range.key()))
                                .setRangeEnd(Words.key(range.end())))));
    }

    private Arbitrary<Step> administration() {
        return Arbitraries.oneOf(aboutUsers(), aboutRoles(), aboutAll());
    }

    private Arbitrary<Step> aboutUsers() {
        Arbitrary<String> hashes = Arbitraries.of(Beginning.HASHES.values());
        return Arbitraries.oneOf(
                users.map(UpkeepSequences::add),
                users.map(name -> call(AuthUserDeleteRequest.newBuilder().setName(name))),
                users.map(name -> call(AuthUserGetRequest.newBuilder().setName(name))),
                Combinators.combine(users, hashes)
                        .as((name, hash) -> call(AuthUserChangePasswordRequest.newBuilder()
                                .setName(name)
                                .setHashedPassword(hash))),
                Combinators.combine(users, roles)
                        .as((name, role) -> call(AuthUserGrantRoleRequest.newBuilder()
                                .setUser(name)
                                .setRole(role))),
                Combinators.combine(users, roles)
                        .as((name, role) -> call(AuthUserRevokeRoleRequest.newBuilder()
                                .setName(name)
                                .setRole(role))));
    }

    /** Without a password, which takes long to hash; but not root, who could never be let in again. */
    private static Step add(String name) {
        AuthUserAddRequest.Builder request = AuthUserAddRequest.newBuilder().setName(name);
        return call(
                name.equals("root")
                        ? request.setPassword(Beginning.PASSWORD)
                        : request.setOptions(UserAddOptions.newBuilder().setNoPassword(true)));
    }

    private Arbitrary<Step> aboutRoles() {
        return Arbitraries.oneOf(
                roles.map(name -> call(AuthRoleAddRequest.newBuilder().setName(name))),
                roles.map(name -> call(AuthRoleDeleteRequest.newBuilder().setRole(name))),
                roles.map(name -> call(AuthRoleGetRequest.newBuilder().setRole(name))),
                Combinators.combine(roles, ranges)
                        .as((role, range) -> call(AuthRoleRevokePermissionRequest.newBuilder()
                                .setRole(role)
                                .setKey(Words.key(range.key()))
                                .setRangeEnd(Words.key(range.end())))));
    }

    private static Arbitrary<Step> aboutAll() {
        return Arbitraries.of(
                call(AuthEnableRequest.newBuilder()),
                call(AuthEnableRequest.newBuilder()),
                call(AuthDisableRequest.newBuilder()),
                call(AuthStatusRequest.newBuilder()),
                call(AuthUserListRequest.newBuilder()),
                call(AuthRoleListRequest.newBuilder()));
    }

    private static Arbitrary<Step> upkeep() {
        // Of a revision to which it has compacted, etcd tells what it worked out when it did.
        Arbitrary<Long> revisions =
                Arbitraries.frequency(Tuple.of(4, 0L), Tuple.of(1, Moment.NOW + 1), Tuple.of(1, 1L));
        return Arbitraries.frequencyOf(
                Tuple.of(4, alarms()),
                Tuple.of(
                        2,
                        revisions.map(
                                revision -> call(HashKVRequest.newBuilder().setRevision(revision)))),
                Tuple.of(1, Arbitraries.of(call(StatusRequest.newBuilder()), call(DefragmentRequest.newBuilder()))));
    }

    private static Arbitrary<Step> alarms() {
        Arbitrary<Integer> actions = Arbitraries.frequency(Tuple.of(3, 1), Tuple.of(3, 2), Tuple.of(2, 0));
        Arbitrary<Integer> kinds = Arbitraries.frequency(Tuple.of(4, 1), Tuple.of(3, 2), Tuple.of(1, 0));
        return Combinators.combine(actions, kinds, Arbitraries.of(0L, 7L))
                .as((action, kind, member) -> call(AlarmRequest.newBuilder()
                        .setActionValue(action)
                        .setAlarmValue(kind)
                        .setMemberID(member)));
    }
}
