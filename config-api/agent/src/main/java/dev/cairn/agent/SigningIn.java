package dev.cairn.agent;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.Login;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.HostPort;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/** Tells how signing in goes: in the log, in metrics and on the status page. */
final class SigningIn implements Login.Listener {
    private static final Logger LOG = System.getLogger(SigningIn.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Counter given;
    private final Counter refused;

    /** Of the last time that it was tried; nothing while that went well. */
    private volatile Optional<String> problem = Optional.empty();

    SigningIn(MeterRegistry registry) {
        this.given = counter(registry, "given");
        this.refused = counter(registry, "refused");
    }

    private static Counter counter(MeterRegistry registry, String how) {
        return Counter.builder("cairn_agent_sign_ins")
                .description("Tokens that replicas have given this agent, or refused it.")
                .tag("how", how)
                .register(registry);
    }

    @Override
    public void signedIn(HostPort replica) {
        given.increment();
        problem = Optional.empty();
    }

    @Override
    public void refused(HostPort replica, String why) {
        refused.increment();
        problem = Optional.of(replica + ": " + why);
        LOG.log(
                Level.WARNING,
                "{0}: {1}; see user and password-file in the configuration. It is tried again, each minute at least",
                replica,
                why);
    }

    Optional<String> problem() {
        return problem;
    }

    /** Signs in before anybody asks, so that what is wrong is told at once; ends when that was done. */
    Thread start(CairnClient client, Refusals refusals) {
        return Thread.ofVirtual().name("sign-in").start(() -> {
            Duration pause = FIRST_PAUSE;
            while (!reaches(client, refusals)) {
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException _) {
                    return; // the agent ends
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        });
    }

    /** Every call signs in, also one that anybody may make. */
    private static boolean reaches(CairnClient client, Refusals refusals) {
        try {
            refusals.noting(client.head(Freshness.LINEARIZABLE));
            return true;
        } catch (NotVerifiedException e) {
            refusals.saw(e.attempts());
            return false;
        }
    }
}
