package dev.cairn.cli;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.FileHeadStore;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster is believed, and on what grounds: the options of every command that reads. */
final class Pinning {
    private static final String VARIABLE = "CAIRN_PIN";
    private static final Path DEV = Path.of(".cairn-dev", "genesis.json");

    @Option(
            names = "--pin",
            paramLabel = "GENESIS",
            description = "Believe only what is proven under this genesis document. Default: $CAIRN_PIN, else"
                    + " .cairn-dev/genesis.json if there is one here; else replicas are believed as etcd's clients do.")
    private @Nullable Path pin;

    @Option(names = "--unverified", description = "Believe the replica that answers, proof or not.")
    private boolean unverified;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say under which block the answer is proven, who signed it, and how old it is.")
    private boolean verbose;

    boolean isVerbose() {
        return verbose;
    }

    /** A client of the pinned cluster; nothing if none is pinned. Asks the document's replicas where none are named. */
    Optional<CairnClient> client(Endpoints endpoints) throws Failure, GenesisException {
        Optional<Path> document = unverified ? Optional.empty() : document();
        if (document.isEmpty()) {
            return Optional.empty();
        }
        Pin pinned = Pin.read(document.get());
        ClientSettings settings = ClientSettings.of(pinned)
                .withHeads(new FileHeadStore(headOf(pinned)))
                .withTimeout(endpoints.timeout());
        try {
            return Optional.of(CairnClient.connect(
                    endpoints.given().map(settings::withEndpoints).orElse(settings)));
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
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return home.resolve("cairn").resolve(pin.chainId().toHex() + ".head");
    }
}
