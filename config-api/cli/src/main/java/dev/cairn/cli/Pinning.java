package dev.cairn.cli;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cluster is believed, and on what grounds: the options of every command that reads. */
final class Pinning {
    @Mixin
    private PinOption pin = new PinOption();

    @Option(
            names = "--unverified",
            description = "Believe the replica that answers, proof or not, as etcd's clients do and as is done where no"
                    + " genesis document is found.")
    private boolean unverified;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say under which block the answer is proven, who signed it, and how old it is.")
    private boolean verbose;

    boolean isVerbose() {
        return verbose;
    }

    /** A client of the pinned cluster; nothing if none is pinned, and then {@code err} hears it if it was asked to. */
    Optional<CairnClient> client(Endpoints endpoints, PrintWriter err) throws Failure, GenesisException {
        Optional<Pin> pinned = unverified ? Optional.empty() : pin.find();
        if (pinned.isEmpty() && verbose) {
            err.println(
                    "not verified: " + (unverified ? "as asked for" : "no genesis document is pinned here; see --pin"));
            err.flush();
        }
        return pinned.isPresent() ? Optional.of(PinOption.client(pinned.get(), endpoints)) : Optional.empty();
    }
}
