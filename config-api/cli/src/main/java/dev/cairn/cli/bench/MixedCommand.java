package dev.cairn.cli.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes among reads. */
@Command(name = "mixed", description = "Puts and gets single keys, all of which were written before.")
final class MixedCommand extends KvWorkload {
    @Mixin
    ReadOptions reads = new ReadOptions();

    @Option(
            names = "--put-ratio",
            paramLabel = "0..1",
            defaultValue = "0.1",
            description = "How much of the load is puts. Default: ${DEFAULT-VALUE}.")
    double putShare;

    @Override
    String name() {
        return "mixed";
    }

    @Override
    double putShare() {
        return putShare;
    }

    @Override
    boolean serializable() {
        return reads.serializable;
    }

    @Override
    boolean fills() {
        return !reads.noFill;
    }
}
