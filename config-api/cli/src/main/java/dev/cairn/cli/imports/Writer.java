package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;

/** What has operations executed. */
@FunctionalInterface
public interface Writer {
    /** Returns what came of it, which is proven. If it throws, it may have been executed all the same. */
    Outcome execute(Operation operation) throws Failure, NotVerifiedException;
}
