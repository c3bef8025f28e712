package dev.cairn.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What numbers on a command line may be. */
final class Numbers {
    private Numbers() {}

    static void requireNotNegative(CommandSpec command, String option, long number) {
        if (number < 0) {
            throw new ParameterException(command.commandLine(), option + ": " + number + " is negative");
        }
    }
}
