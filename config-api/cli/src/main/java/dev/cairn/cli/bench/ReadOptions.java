package dev.cairn.cli.bench;

import picocli.CommandLine.Option;

/** How keys are read. */
final class ReadOptions {
    @Option(
            names = "--serializable",
            description = "Let any server answer from what it has; otherwise reads are linearizable.")
    boolean serializable;

    @Option(
            names = "--no-fill",
            description = "Do not write every key before the run; then a get that finds nothing is no error.")
    boolean noFill;
}
