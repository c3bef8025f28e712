package dev.cairn.cli.changes;

/** How the commands of signed changes end. Scripts rely on it, so every command lists its own under --help. */
public final class Exits {
    public static final int DONE = 0;

    /** Something failed, or there is none of what was asked for. */
    public static final int NOTHING = 1;

    /** All is well, and signatures are still missing. */
    public static final int MISSING = 5;

    /** It does not hold, or will not be executed as it is. */
    public static final int REFUSED = 4;

    private Exits() {}
}
