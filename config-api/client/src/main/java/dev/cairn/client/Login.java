package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A user of etcd's permissions, signed in wherever they are enabled. The token that one replica gives out is shown to all, with
 * every call, and is renewed each minute and where it is refused. A replica is signed in at when it is about to be called, so
 * the password goes to few: but each may refuse the token and will be told the password then. From many threads; never blocks.
 */
public final class Login {
    /** Well before the 300 s that a token lives where nobody uses it, unless a replica is told otherwise. */
    static final Duration RENEWAL = Duration.ofMinutes(1);

    /** etcd's words for a token that is worth nothing now, for none, and for one that is older than a change of permissions. */
    private static final Set<String> VOID = Set.of(
            "etcdserver: invalid auth token",
            "etcdserver: user name is empty",
            "etcdserver: revision of auth store is old");

    /** Where the password is. It is asked for each time, so it may change. */
    public interface PasswordSource {
        /** The error's message says in one line what to do, and not the password. */
        String read() throws IOException;
    }

    /** Hears how it goes, on the transport's threads. */
    public interface Listener {
        /** A replica has given out a token. */
        void signedIn(HostPort replica);

        /** A replica did not take the user in, for the reason that it tells; it is asked again after a pause. */
        void refused(HostPort replica, String why);
    }

    /** Where nobody wants to know. */
    public static final Listener UNHEARD = new Listener() {
        @Override
        public void signedIn(HostPort replica) {}

        @Override
        public void refused(HostPort replica, String why) {}
    };

    private final String user;
    private final Optional<PasswordSource> password;
    private final Listener listener;
    private final LongSupplier nanoClock;

    /** One for each replica that was called. */
    private final Map<HostPort, SignInDesk> desks = new HashMap<>();

    private @Nullable SignedIn current;

    /**
     * Asks nobody yet.
     *
     * @param password nothing if the client's certificate names the user
     */
    public Login(String user, Optional<PasswordSource> password, Listener listener) {
        this(user, password, listener, System::nanoTime);
    }

    Login(String user, Optional<PasswordSource> password, Listener listener, LongSupplier nanoClock) {
        this.user = user;
        this.password = password;
        this.listener = listener;
        this.nanoClock = nanoClock;
    }

    public String user() {
        return user;
    }

    Optional<PasswordSource> password() {
        return password;
    }

    Listener listener() {
        return listener;
    }

    long nanos() {
        return nanoClock.getAsLong();
    }

    /** Calls to that replica as this user. */
    public Channel over(HostPort replica, Channel bare) {
        return ClientInterceptors.intercept(bare, new TokenCalls(this, desk(replica, bare)));
    }

    private synchronized SignInDesk desk(HostPort replica, Channel bare) {
        return desks.computeIfAbsent(replica, each -> new SignInDesk(this, each, bare));
    }

    /** How the user stands, if need be after signing in there; fails with a {@link SignInException}. */
    CompletableFuture<SignedIn> standing(SignInDesk desk) {
        SignedIn known = known();
        return known == null ? desk.signIn() : CompletableFuture.completedFuture(known);
    }

    /** As that replica itself has it, for a call that is made once: it cannot refuse what it gave, unless it lies. */
    CompletableFuture<SignedIn> standingAt(HostPort replica, Channel bare) {
        SignedIn known = known();
        return known != null && known.giver().equals(replica)
                ? CompletableFuture.completedFuture(known)
                : desk(replica, bare).signIn();
    }

    private synchronized @Nullable SignedIn known() {
        boolean isFresh = current != null && nanos() - current.sinceNanos() < RENEWAL.toNanos();
        return isFresh ? current : null;
    }

    synchronized void keep(SignedIn standing) {
        current = standing;
    }

    /** Signs in anew before the next call, unless that was done meanwhile. */
    synchronized void forget(SignedIn refused) {
        if (refused.equals(current)) {
            current = null;
        }
    }

    /** Whether a replica refused a call for how the user stands, so that signing in anew may help. */
    public static boolean isVoid(Status status) {
        return !status.isOk() && status.getDescription() != null && VOID.contains(status.getDescription());
    }
}
