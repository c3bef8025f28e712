package dev.cairn.cli.imports;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cli.Failure;
import dev.cairn.kv.auth.AuthLimits;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.bolt.BoltException;
import dev.cairn.server.bolt.BoltReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The newest state in the database of an etcd. In memory are the keys, without their values, the leases, users and roles, of no
 * more than any cluster takes. Whatever the file's bytes are, reading them ends, if need be in a {@link Failure} that names
 * the file.
 */
final class EtcdSnapshot implements AutoCloseable {
    /** Twice what a cluster has room for: a history may have had more keys than live at its end. */
    private static final int MAX_KEYS = 500_000;

    private static final long MAX_KEY_BYTES = 64L << 20;
    private static final int MAX_LEASES = 250_000;
    private static final byte[] ENABLED = {1};

    private final Path file;
    private final BoltReader database;
    private final NavigableMap<Bytes, Version> keys = new TreeMap<>();
    private final SortedMap<Long, Long> leases = new TreeMap<>();
    private final EtcdAuth auth;
    private long keyBytes;
    private long revision;
    private long alarms;

    /** Where the newest version of a key stands in the file, and what is known of it. */
    record Version(EtcdRows.Revision at, long lease, int valueBytes) {}

    private EtcdSnapshot(Path file, BoltReader database) throws Failure, IOException, BoltException {
        this.file = file;
        this.database = database;
        readKeys();
        readLeases();
        this.auth = readAuth();
        database.<Failure>forEach("alarm", new byte[0], (name, row) -> alarms++);
    }

    /** @param hashed whether a hash must stand at the file's end */
    static EtcdSnapshot open(Path file, boolean hashed) throws Failure {
        try {
            if (hashed) {
                SnapshotHash.require(file);
            }
            BoltReader database = BoltReader.open(file);
            try {
                return new EtcdSnapshot(file, database);
            } catch (Failure | IOException | BoltException e) {
                database.close();
                throw e;
            }
        } catch (IOException | BoltException e) {
            throw unreadable(file, e);
        }
    }

    private static Failure unreadable(Path file, Exception why) {
        String words = switch (why) {
            case BoltException _ -> String.valueOf(why.getMessage());
            case NoSuchFileException _ -> "there is no such file";
            default -> "cannot be read: " + why.getMessage();
        };
        return new Failure(file + ": " + words, why);
    }

    /** That of the newest write, or, where all before it is gone, of the compaction. */
    long revision() {
        return revision;
    }

    NavigableMap<Bytes, Version> keys() {
        return Collections.unmodifiableNavigableMap(keys);
    }

    /** From the id to the seconds it was granted for. */
    SortedMap<Long, Long> leases() {
        return Collections.unmodifiableSortedMap(leases);
    }

    /** The lease that a version is attached to; 0 if it is to none, or to one that is not in the file. */
    long lease(Version version) {
        return leases.containsKey(version.lease()) ? version.lease() : 0;
    }

    EtcdAuth auth() {
        return auth;
    }

    /** How many alarms are raised. */
    long alarms() {
        return alarms;
    }

    Bytes value(Bytes key, Version version) throws Failure {
        try {
            Optional<byte[]> row = database.find("key", version.at().name());
            KeyValue found =
                    row.isPresent() ? EtcdRows.version(version.at(), row.get()) : KeyValue.getDefaultInstance();
            if (!EtcdRows.bytes(found.getKey()).equals(key) || found.getValue().size() != version.valueBytes()) {
                throw new Failure(
                        file + ": it was changed while it was read; begin again, with a file that nobody writes");
            }
            return EtcdRows.bytes(found.getValue());
        } catch (IOException | BoltException e) {
            throw unreadable(file, e);
        }
    }

    // Reading.

    private void readKeys() throws Failure, IOException, BoltException {
        if (!database.<Failure>forEach("key", new byte[0], this::takeVersion)) {
            throw new Failure(file + ": it has no bucket \"key\", so it is no etcd's database");
        }
        database.<Failure>forEach("meta", new byte[0], this::takeMeta);
    }

    private void takeVersion(byte[] name, byte[] row) throws Failure {
        try {
            EtcdRows.Revision at = EtcdRows.Revision.parse(name);
            KeyValue version = EtcdRows.version(at, row);
            Bytes key = EtcdRows.bytes(version.getKey());
            revision = Math.max(revision, at.main());
            if (at.isTombstone()) {
                keyBytes -= keys.remove(key) == null ? 0 : key.size();
            } else {
                Version taken =
                        new Version(at, version.getLease(), version.getValue().size());
                keyBytes += keys.put(key, taken) == null ? key.size() : 0;
            }
        } catch (InvalidProtocolBufferException e) {
            throw damaged("key", name, e);
        }
        requireRoom("keys", keys.size(), MAX_KEYS);
        requireRoom("bytes of keys", keyBytes, MAX_KEY_BYTES);
    }

    private void takeMeta(byte[] name, byte[] row) {
        boolean isCompaction = Bytes.wrap(name).equals(Bytes.utf8("finishedCompactRev"));
        if (isCompaction && row.length >= Long.BYTES) {
            revision = Math.max(revision, BigEndian.getLong(row, 0));
        }
    }

    private void readLeases() throws Failure, IOException, BoltException {
        database.<Failure>forEach("lease", new byte[0], (name, row) -> {
            try {
                leases.put(EtcdRows.leaseId(name), EtcdRows.leaseSeconds(name, row));
            } catch (IOException e) {
                throw damaged("lease", name, e);
            }
            requireRoom("leases", leases.size(), MAX_LEASES);
        });
    }

    private EtcdAuth readAuth() throws Failure, IOException, BoltException {
        List<EtcdAuth.Role> roles = new ArrayList<>();
        database.<Failure>forEach("authRoles", new byte[0], (name, row) -> {
            try {
                roles.add(EtcdRows.role(row));
            } catch (InvalidProtocolBufferException e) {
                throw damaged("authRoles", name, e);
            }
            requireRoom("roles", roles.size(), AuthLimits.ROLES);
        });
        List<EtcdAuth.User> users = new ArrayList<>();
        database.<Failure>forEach("authUsers", new byte[0], (name, row) -> {
            try {
                users.add(EtcdRows.user(row));
            } catch (InvalidProtocolBufferException e) {
                throw damaged("authUsers", name, e);
            }
            requireRoom("users", users.size(), AuthLimits.USERS);
        });
        Optional<byte[]> enabled = database.find("auth", "authEnabled".getBytes(StandardCharsets.US_ASCII));
        return new EtcdAuth(enabled.isPresent() && Arrays.equals(enabled.get(), ENABLED), roles, users);
    }

    private void requireRoom(String what, long count, long most) throws Failure {
        if (count > most) {
            throw new Failure(file + ": it has more than " + most + " " + what + ", which no cluster has room for");
        }
    }

    private Failure damaged(String bucket, byte[] name, IOException why) {
        return new Failure(
                file + ": it is damaged: of bucket " + bucket + ", row "
                        + Bytes.wrap(name).toHex() + ": " + why.getMessage(),
                why);
    }

    @Override
    public void close() throws Failure {
        try {
            database.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
