package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Keys;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.Precondition;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a change is to do and to expect, as options. */
final class OperationOptions {
    private static final String ABSENT = "absent";
    private static final String SHA256 = "sha256:";

    @Option(names = "--put", paramLabel = "KEY=VALUE", description = "Set the key to the value. May be repeated.")
    private List<String> puts = new ArrayList<>();

    @Option(
            names = "--put-file",
            paramLabel = "KEY=FILE",
            description = "Set the key to the file's content; - is standard input. May be repeated.")
    private List<String> putFiles = new ArrayList<>();

    @Option(names = "--delete", paramLabel = "KEY", description = "Delete the key. May be repeated.")
    private List<String> deletes = new ArrayList<>();

    @Option(
            names = "--delete-range",
            arity = "2",
            hideParamSyntax = true,
            paramLabel = "KEY KEY",
            description = "Delete all keys from the first up to but without the second. May be repeated.")
    private List<String> ranges = new ArrayList<>();

    @Option(
            names = "--expect",
            paramLabel = "KEY=WHAT",
            description = "Refuse the change where the key is not \"absent\", last written at that revision, or of that"
                    + " value (sha256:HEX). May be repeated. Default, for each key touched: as it is now.")
    private List<String> expects = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    List<Intent> intents() throws Failure {
        List<Intent> intents = new ArrayList<>();
        for (String put : puts) {
            String[] parts = parts("--put", put, "VALUE");
            intents.add(new Intent.Put(key(parts[0]), typed(parts[1])));
        }
        for (String put : putFiles) {
            String[] parts = parts("--put-file", put, "FILE");
            intents.add(new Intent.Put(key(parts[0]), content(parts[1])));
        }
        for (String key : deletes) {
            intents.add(new Intent.Delete(key(key)));
        }
        for (int i = 0; i + 1 < ranges.size(); i += 2) {
            intents.add(new Intent.DeleteRange(key(ranges.get(i)), key(ranges.get(i + 1))));
        }
        return intents;
    }

    Map<Bytes, Precondition> expected() throws Failure {
        Map<Bytes, Precondition> expected = new TreeMap<>();
        for (String expect : expects) {
            String[] parts = parts("--expect", expect, "WHAT");
            Precondition precondition = precondition(key(parts[0]), parts[1]);
            if (expected.put(precondition.key(), precondition) != null) {
                throw wrong("--expect", "key \"" + parts[0] + "\" is there twice");
            }
        }
        return expected;
    }

    private Precondition precondition(Bytes key, String what) {
        if (what.equals(ABSENT)) {
            return new Precondition.Absent(key);
        }
        try {
            return what.startsWith(SHA256)
                    ? new Precondition.HasValue(key, Digest.parse(what.substring(SHA256.length())))
                    : new Precondition.LastWrittenAt(key, Long.parseLong(what));
        } catch (IllegalArgumentException e) {
            throw wrong("--expect", "\"" + what + "\" is not absent, a revision, or sha256: and 64 hexadecimal digits");
        }
    }

    private String[] parts(String option, String argument, String second) {
        int at = argument.indexOf('=');
        if (at < 1) {
            throw wrong(option, "\"" + argument + "\" is not KEY=" + second);
        }
        return new String[] {argument.substring(0, at), argument.substring(at + 1)};
    }

    private Bytes key(String typed) throws Failure {
        Bytes key = typed(typed);
        if (key.isEmpty() || key.size() > ChangeLimits.MAX_KEY_BYTES) {
            throw new ParameterException(
                    command.commandLine(),
                    "a key has 1 to " + ChangeLimits.MAX_KEY_BYTES + " bytes, not " + key.size());
        }
        return key;
    }

    static Bytes typed(String text) throws Failure {
        return Bytes.wrap(Keys.typed(text).toByteArray());
    }

    static Bytes content(Path file) throws Failure {
        return ChangeFiles.read(file, ChangeLimits.MAX_VALUE_BYTES);
    }

    private static Bytes content(String file) throws Failure {
        if (!file.equals("-")) {
            return content(Path.of(file));
        }
        try {
            return Bytes.wrap(System.in.readAllBytes());
        } catch (IOException e) {
            throw new Failure("cannot read the value from standard input: " + e.getMessage(), e);
        }
    }

    private ParameterException wrong(String option, String how) {
        return new ParameterException(command.commandLine(), option + ": " + how);
    }
}
