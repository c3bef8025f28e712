package dev.cairn.cli.changes;

/** How the commands of signed changes end. Scripts rely on it, so every command lists its own under --help. */
final class Exits {
    static final int DONE = 0;

    /** All is well, and signatures are still missing. */
    static final int MISSING = 5;

    /** It does not hold, or will not be executed as it is. */
    static final int REFUSED = 4;

    private Exits() {}
}
