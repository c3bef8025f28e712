package dev.cairn.cli;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.FileHeadStore;
import dev.cairn.client.Login;
import dev.cairn.client.NettyConnections;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.HostPort;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The genesis document that is believed. */
public final class PinOption {
    private static final String VARIABLE = "CAIRN_PIN";
    private static final Path DEV = Path.of(".cairn-dev", "genesis.json");

    @Option(
            names = "--pin",
            paramLabel = "GENESIS",
            description = "Believe only what is proven under this genesis document. Default: $CAIRN_PIN, else"
                    + " .cairn-dev/genesis.json if there is one here.")
    private @Nullable Path pin;

    /** The pinned document; nothing if none is named and none found. */
    public Optional<Pin> find() throws GenesisException {
        Optional<Path> document = document();
        return document.isPresent() ? Optional.of(Pin.read(document.get())) : Optional.empty();
    }

    public Pin require() throws Failure, GenesisException {
        return find().orElseThrow(() -> new Failure(
                "nothing is proven without the cluster's genesis document: name it with --pin, or by $" + VARIABLE));
    }

    /** A client that believes nothing but {@code pinned}. Asks the document's replicas where none are named. */
    public static CairnClient client(Pin pinned, Endpoints endpoints) throws Failure {
        ClientSettings settings = ClientSettings.of(pinned)
                .withHeads(new FileHeadStore(headOf(pinned)))
                .withTimeout(endpoints.timeout());
        Optional<SslContext> tls = endpoints.tls();
        if (tls.isPresent()) {
            settings = settings.withConnections(() -> new NettyConnections(tls));
        }
        Optional<Login> login = endpoints.login();
        if (login.isPresent()) {
            settings = settings.withLogin(login.get());
        }
        Logging.quietConnections();
        try {
            Optional<List<HostPort>> named = endpoints.given();
            return CairnClient.connect(named.isPresent() ? settings.withEndpoints(named.get()) : settings);
        } catch (IOException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Path> document() {
        String named = System.getenv(VARIABLE);
        if (pin != null) {
            return Optional.of(pin);
        }
        if (named != null && !named.isBlank()) {
            return Optional.of(Path.of(named));
        }
        return Files.exists(DEV) ? Optional.of(DEV) : Optional.empty();
    }

    /** Where the newest head that this user has verified is kept, one file for each chain. */
    private static Path headOf(Pin pin) {
        String state = System.getenv("XDG_STATE_HOME");
        Path home = state == null || state.isBlank()
                ? HomeDirectory.find().resolve(".local").resolve("state")
                : Path.of(state);
        return home.resolve("cairn").resolve(pin.chainId().toHex() + ".head");
    }
}
