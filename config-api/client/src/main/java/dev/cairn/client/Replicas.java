package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The replicas in the order in which they are asked: who was not believed, or did not answer, is asked last from then on.
 */
final class Replicas {
    private final List<HostPort> order;
    private final Connections connections;
    private final Optional<Login> login;

    /** Those whose last answer was believed. */
    private final Set<HostPort> believed = new HashSet<>();

    Replicas(List<HostPort> order, Connections connections, Optional<Login> login) {
        this.order = new ArrayList<>(order);
        this.connections = connections;
        this.login = login;
    }

    synchronized List<HostPort> inOrder() {
        return List.copyOf(order);
    }

    /** As the user, if there is one. */
    Channel channel(HostPort replica) {
        Channel bare = connections.to(replica);
        return login.map(each -> each.over(replica, bare)).orElse(bare);
    }

    boolean hasLogin() {
        return login.isPresent();
    }

    /** How the user stands with that replica; nothing if there is no user. */
    Optional<SignedIn> signIn(HostPort replica, long nanos) throws RefusedException {
        if (login.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(login.get()
                    .standingAt(replica, connections.to(replica))
                    .get(Math.max(nanos, 0), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            throw new RefusedException(
                    e.getCause() instanceof SignInException refused
                            ? Saying.refusal(refused.status(), false)
                            : new Refusal.NoAnswer(String.valueOf(e.getMessage()), false));
        } catch (TimeoutException _) {
            throw new RefusedException(new Refusal.NoAnswer("no answer in time", false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(new Refusal.NoAnswer("interrupted", false));
        }
    }

    void forget(SignedIn standing) {
        login.ifPresent(each -> each.forget(standing));
    }

    synchronized boolean isBelieved(HostPort replica) {
        return believed.contains(replica);
    }

    synchronized void believe(HostPort replica) {
        believed.add(replica);
    }

    synchronized void demote(HostPort replica) {
        believed.remove(replica);
        if (order.remove(replica)) {
            order.add(replica);
        }
    }
}
