package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.client.Login;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import io.grpc.Status;
import java.util.Optional;

/** What is told where a replica has something against who asks. */
final class Permission {
    private static final String DENIED = "etcdserver: permission denied";
    private static final String USER_EMPTY = "etcdserver: user name is empty";
    private static final String HOW = "sign in with --user NAME";
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

    private Permission() {}

    /** Why a call of etcd's API came to nothing; of permissions with who it was and what they wanted. */
    static String problem(Status status, Optional<String> user, String what) {
        String description = String.valueOf(status.getDescription());
        if (description.equals(DENIED)) {
            return "permission denied: " + who(user) + " may not " + what;
        }
        if (description.equals(USER_EMPTY)) {
            return "permissions are enabled, and it is not told who asks; " + HOW;
        }
        return EtcdClient.describe(status);
    }

    /** A watch is refused in words of etcd's library: {@code rpc error: code = C desc = DESCRIPTION}. */
    static Status ofCancelledWatch(String reason) {
        return Status.UNKNOWN.withDescription(reason.replaceFirst("^rpc error: code = \\w+ desc = ", ""));
    }

    /** What to do, to be put behind what the replicas have said. */
    static String hint(NotVerifiedException refused) {
        return refused.declined()
                .filter(declined -> declined.why() == Refusal.Why.NO_USER)
                .map(_ -> "; " + HOW)
                .orElse("");
    }

    /** The same failure, with what the user may not do, where it is that. */
    static Failure.NoAnswer withKeys(NotVerifiedException refused, Endpoints endpoints, String what)
            throws NotVerifiedException {
        boolean isDenied = refused.declined()
                .filter(declined -> declined.why() == Refusal.Why.NOT_PERMITTED)
                .isPresent();
        if (!isDenied) {
            throw refused;
        }
        return new Failure.NoAnswer(
                refused.getMessage() + "; " + who(endpoints.login().map(Login::user)) + " may not " + what, refused);
    }

    private static String who(Optional<String> user) {
        return user.map(name -> "user " + name).orElse("whoever asks here");
    }

    /** Keys as a request names them, without what a terminal would obey. */
    static String keys(ByteString key, ByteString end) {
        if (end.isEmpty()) {
            return "the key " + quoted(key);
        }
        if (end.equals(ALL)) {
            return key.equals(ALL) ? "all keys" : "the keys from " + quoted(key) + " on";
        }
        return end.equals(Keys.prefixEnd(key))
                ? "the keys that begin with " + quoted(key)
                : "the keys from " + quoted(key) + " to before " + quoted(end);
    }

    private static String quoted(ByteString key) {
        return "\"" + key.toStringUtf8().replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
