package dev.cairn.cli.imports;

/**
 * What is to be done where there is a choice.
 *
 * @param hashed whether the file must have a hash at its end, which fits it
 * @param dryRun whether nothing is to be written
 * @param overwrite whether keys are put, too, that are there with another value or lease
 * @param bump what the cluster's revision comes to lie above the snapshot's, at least; not negative
 * @param users whether users and roles come along
 * @param enableAuth whether they are asked for afterwards, if they were before
 */
public record ImportChoices(
        boolean hashed, boolean dryRun, boolean overwrite, long bump, boolean users, boolean enableAuth) {
    /** All that is in the snapshot, over nothing that is there. */
    public static final ImportChoices ALL = new ImportChoices(true, false, false, 0, true, true);
}
