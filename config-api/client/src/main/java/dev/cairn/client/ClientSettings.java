package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import dev.cairn.protocol.model.Digest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a client works. {@link #of} is what most need; the {@code with} methods change one thing.
 *
 * @param endpoints replicas in the order in which they are asked; need not be all, nor be in the genesis document
 * @param heads where the newest head is kept
 * @param timeout what one call may take, all replicas together
 * @param trustingPeriod see {@link LightClient}
 * @param clock this machine's clock; only bounds of age depend on it
 * @param nonces 32 bytes that nobody could foresee
 * @param login the user who asks, where permissions are enabled
 */
public record ClientSettings(
        Pin pin,
        List<HostPort> endpoints,
        HeadStore heads,
        Duration timeout,
        Duration trustingPeriod,
        InstantSource clock,
        Supplier<Digest> nonces,
        Supplier<Connections> connections,
        Optional<Login> login) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    public ClientSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("a client needs a replica to ask");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("no call can be answered within " + timeout);
        }
    }

    /** Asks the replicas where the genesis document says they are, and forgets the head with this process. */
    public static ClientSettings of(Pin pin) {
        return new ClientSettings(
                pin,
                pin.addresses(),
                HeadStore.inMemory(),
                TIMEOUT,
                LightClient.TRUSTING_PERIOD,
                InstantSource.system(),
                random(new SecureRandom()),
                NettyConnections::new,
                Optional.empty());
    }

    private static Supplier<Digest> random(SecureRandom source) {
        return () -> {
            byte[] nonce = new byte[Digest.BYTES];
            source.nextBytes(nonce);
            return Digest.of(nonce);
        };
    }

    public ClientSettings withEndpoints(List<HostPort> others) {
        return new ClientSettings(pin, others, heads, timeout, trustingPeriod, clock, nonces, connections, login);
    }

    public ClientSettings withHeads(HeadStore other) {
        return new ClientSettings(pin, endpoints, other, timeout, trustingPeriod, clock, nonces, connections, login);
    }

    public ClientSettings withTimeout(Duration other) {
        return new ClientSettings(pin, endpoints, heads, other, trustingPeriod, clock, nonces, connections, login);
    }

    public ClientSettings withClock(InstantSource other) {
        return new ClientSettings(pin, endpoints, heads, timeout, trustingPeriod, other, nonces, connections, login);
    }

    public ClientSettings withNonces(Supplier<Digest> other) {
        return new ClientSettings(pin, endpoints, heads, timeout, trustingPeriod, clock, other, connections, login);
    }

    public ClientSettings withConnections(Supplier<Connections> other) {
        return new ClientSettings(pin, endpoints, heads, timeout, trustingPeriod, clock, nonces, other, login);
    }

    public ClientSettings withLogin(Login user) {
        return new ClientSettings(
                pin, endpoints, heads, timeout, trustingPeriod, clock, nonces, connections, Optional.of(user));
    }
}
