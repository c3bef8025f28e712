package dev.cairn.cli.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads only. */
@Command(name = "get", description = "Gets single keys, all of which were written before.")
final class GetCommand extends KvWorkload {
    @Mixin
    ReadOptions reads = new ReadOptions();

    @Override
    String name() {
        return "get";
    }

    @Override
    double putShare() {
        return 0;
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
