package dev.cairn.cli.bench;

import picocli.CommandLine.Option;

/** What is written and read. */
final class KeyOptions {
    @Option(
            names = "--key-space",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many different keys. Default: ${DEFAULT-VALUE}.")
    int keySpace;

    @Option(
            names = "--key-size",
            paramLabel = "BYTES",
            defaultValue = "32",
            description = "Size of a key, its prefix included. Default: ${DEFAULT-VALUE}.")
    int keySizeBytes;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "bench/",
            description = "What every key begins with. Default: ${DEFAULT-VALUE}.")
    String prefix = "";

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "256",
            description = "Size of a value. Default: ${DEFAULT-VALUE}.")
    int valueSizeBytes;

    @Option(names = "--sequential-keys", description = "Use the keys in order instead of at random.")
    boolean sequential;

    KeySpace keys(long seed) {
        return new KeySpace(prefix, keySizeBytes, keySpace, valueSizeBytes, sequential, seed);
    }

    KeySpace keysInOrder(long seed) {
        return new KeySpace(prefix, keySizeBytes, keySpace, valueSizeBytes, true, seed);
    }
}
