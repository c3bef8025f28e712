package dev.cairn.cli.bench;

import picocli.CommandLine.Command;

/** Writes only. */
@Command(name = "put", description = "Puts single keys.")
final class PutCommand extends KvWorkload {
    @Override
    String name() {
        return "put";
    }

    @Override
    double putShare() {
        return 1;
    }

    @Override
    boolean serializable() {
        return false;
    }

    @Override
    boolean fills() {
        return false;
    }
}
