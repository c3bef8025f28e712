package dev.cairn.cli.changes;

import dev.cairn.cli.Endpoints;
import dev.cairn.cli.Failure;
import dev.cairn.cli.PinOption;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Which cluster is asked; it must be pinned, as nothing unproven is worth signing. */
public final class ClusterOptions {
    @Mixin
    private PinOption pin = new PinOption();

    @Mixin
    private Endpoints endpoints = new Endpoints();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    Pin pin() throws Failure, GenesisException {
        return pin.require();
    }

    public Cluster open() throws Failure, GenesisException {
        return new Cluster(
                PinOption.client(pin(), endpoints), command.commandLine().getErr());
    }
}
