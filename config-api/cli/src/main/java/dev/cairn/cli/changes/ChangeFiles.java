package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshSignature;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A change as it lies on a disk: {@code change.txt}, its author's signature {@code change.txt.sig}, the values in
 * {@code change.txt.values/}, each in a file with the name of its SHA-256, and approvals {@code change.txt.approve} with
 * {@code change.txt.approve.NAME.sig} beside.
 */
record ChangeFiles(Path text) {
    /** A file and what is in it. */
    record Content(Path file, Bytes bytes) {}

    Path signature() {
        return beside(".sig");
    }

    Path values() {
        return beside(".values");
    }

    /** The text of the approval, the same for all who approve. */
    Path approval() {
        return beside(".approve");
    }

    Path approvalBy(PrincipalName name) {
        return beside(".approve." + name + ".sig");
    }

    private Path beside(String suffix) {
        return text.resolveSibling(fileName() + suffix);
    }

    private String fileName() {
        return String.valueOf(text.getFileName());
    }

    /** Whether {@code fileOrDigest} can only be meant as a file; no digest has such a character. */
    static boolean isNamed(String fileOrDigest) {
        return fileOrDigest.indexOf('/') >= 0 || fileOrDigest.indexOf('.') >= 0;
    }

    static Failure isMissing(Object file) {
        return new Failure(file + ": there is no such file");
    }

    Bytes readText() throws Failure {
        return read(text, ChangeLimits.MAX_TEXT_BYTES);
    }

    /** The author's signature and all approvals that lie beside the text, those that are there. */
    List<Content> readSignatures() throws Failure {
        List<Path> files = new ArrayList<>();
        if (Files.exists(signature())) {
            files.add(signature());
        }
        files.addAll(approvals());
        List<Content> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(readSignature(file));
        }
        return contents;
    }

    /** Those of {@code ssh-keygen} itself, which knows no names, too. */
    List<Path> approvals() throws Failure {
        Path directory = text.toAbsolutePath().getParent();
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(fileName() + ".approve.") && name.endsWith(".sig")) {
                    found.add(text.resolveSibling(name));
                }
            }
        } catch (IOException e) {
            throw new Failure(directory + ": cannot be listed (" + e.getMessage() + ")", e);
        }
        Collections.sort(found);
        return found;
    }

    static Content readSignature(Path file) throws Failure {
        return new Content(file, read(file, SshSignature.MAX_ARMOURED_BYTES));
    }

    /** The values that the change puts, each of which must be the one that it names. */
    ChangeValues readValues(Change change) throws Failure {
        Map<Bytes, Bytes> byKey = new HashMap<>();
        for (ChangeOperation operation : change.operations()) {
            if (operation instanceof ChangeOperation.Put put) {
                Path file = values().resolve(put.valueDigest().toHex());
                if (!Files.exists(file)) {
                    throw new Failure(file + ": the value of key " + ChangeText.printKey(put.key())
                            + " is missing; put it there");
                }
                byKey.put(put.key(), read(file, ChangeLimits.MAX_VALUE_BYTES));
            }
        }
        try {
            return ChangeValues.bind(change, byKey);
        } catch (ChangeException e) {
            throw new Failure(values() + ": " + e.getMessage(), e);
        }
    }

    /** Writes a new text with its values. A text that is there already is kept, unless it is to be replaced. */
    void write(Bytes newText, Map<String, Bytes> valuesByDigest, boolean replace) throws Failure {
        if (Files.exists(text) && !replace) {
            throw new Failure(text + " is there already; name another file with --out, or replace it with --force");
        }
        try {
            for (Map.Entry<String, Bytes> value : valuesByDigest.entrySet()) {
                Files.createDirectories(values());
                Files.write(values().resolve(value.getKey()), value.getValue().shared());
            }
            removeSignatures();
            if (replace) {
                Files.write(text, newText.shared());
            } else {
                Files.write(text, newText.shared(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
        } catch (FileAlreadyExistsException e) {
            throw new Failure(text + " is there already; name another file with --out", e);
        } catch (IOException e) {
            throw new Failure(text + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }

    /** They are on another text. */
    private void removeSignatures() throws Failure, IOException {
        Files.deleteIfExists(signature());
        Files.deleteIfExists(approval());
        for (Path file : approvals()) {
            Files.delete(file);
        }
    }

    /** Writes the whole file or nothing; one that is there is replaced. */
    static void write(Path file, Bytes content) throws Failure {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, content.shared());
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure(file + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }

    static Bytes read(Path file, long maxBytes) throws Failure {
        try {
            long size = Files.size(file);
            if (size > maxBytes) {
                throw new Failure(file + " has " + size + " bytes; there are at most " + maxBytes);
            }
            return Bytes.wrap(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new Failure(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new Failure(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** For hints: the files as they are typed. */
    static String list(Collection<Path> files) {
        return String.join(", ", files.stream().map(Path::toString).toList());
    }
}
