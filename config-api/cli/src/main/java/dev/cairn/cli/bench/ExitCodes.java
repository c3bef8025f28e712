package dev.cairn.cli.bench;

/** How a bench command ends. */
final class ExitCodes {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;

    private ExitCodes() {}
}
