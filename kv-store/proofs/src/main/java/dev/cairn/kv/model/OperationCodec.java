package dev.cairn.kv.model;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a request's operations: a count, then for each a kind byte and its fields, numbers big-endian, strings
 * with a four-byte length. Decoding is total: bytes that are not exactly one encoding give nothing, whatever they are.
 */
public final class OperationCodec {
    /** Transactions may be nested this deep; the operation limit makes anything near it useless. */
    public static final int MAX_NESTING = 16;

    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int RANGE = 3;
    private static final int TXN = 4;
    private static final int COMPACT = 5;
    private static final int OPEN_SESSION = 6;
    private static final int UNIQUE = 7;
    private static final int SUBMIT_CHANGE = 8;
    private static final int ENDORSE_CHANGE = 9;
    private static final int STAGE_VALUES = 10;
    private static final int SIGNED_WRITE = 11;
    private static final int LEASE_GRANT = 12;
    private static final int LEASE_REVOKE = 13;
    private static final int LEASE_KEEP_ALIVE = 14;
    private static final int RAISE_ALARM = 20;
    private static final int DISARM_ALARM = 21;
    private static final int RAISE_REVISION = 22;
    private static final int ON_BEHALF = 30;

    /** Where the first operation says what it is, and where it does if it is {@link Operation.Unique}. */
    private static final int FIRST_KIND = 4;

    private static final int UNIQUE_KIND = FIRST_KIND + 1 + Digest.BYTES;

    private static final Operation.SortOrder[] ORDERS = Operation.SortOrder.values();
    private static final Operation.SortTarget[] TARGETS = Operation.SortTarget.values();
    private static final Compare.Result[] RESULTS = Compare.Result.values();
    private static final Compare.Target[] COMPARE_TARGETS = Compare.Target.values();

    private OperationCodec() {}

    public static Bytes encode(List<Operation> operations) {
        ByteWriter out = new ByteWriter(64 + 384 * operations.size());
        writeAll(out, operations);
        return Bytes.wrap(out.toArray());
    }

    private static void writeAll(ByteWriter out, List<Operation> operations) {
        out.putInt(operations.size());
        operations.forEach(operation -> write(out, operation));
    }

    private static void write(ByteWriter out, Operation operation) {
        switch (operation) {
            case Operation.Put p ->
                out.putByte(PUT)
                        .putBytes(p.key())
                        .putBytes(p.value())
                        .putLong(p.lease())
                        .putByte(flags(p.prevKv(), p.ignoreValue(), p.ignoreLease()));
            case Operation.DeleteRange d ->
                out.putByte(DELETE).putBytes(d.key()).putBytes(d.rangeEnd()).putByte(flags(d.prevKv()));
            case Operation.Range r ->
                out.putByte(RANGE)
                        .putBytes(r.key())
                        .putBytes(r.rangeEnd())
                        .putLong(r.limit())
                        .putLong(r.revision())
                        .putByte(indexOf(ORDERS, r.order()))
                        .putByte(indexOf(TARGETS, r.target()))
                        .putByte(flags(r.keysOnly(), r.countOnly()))
                        .putLong(r.minModRevision())
                        .putLong(r.maxModRevision())
                        .putLong(r.minCreateRevision())
                        .putLong(r.maxCreateRevision());
            case Operation.Txn t -> {
                out.putByte(TXN).putInt(t.compares().size());
                t.compares().forEach(compare -> write(out, compare));
                writeAll(out, t.success());
                writeAll(out, t.failure());
            }
            case Operation.Compact c ->
                out.putByte(COMPACT).putLong(c.revision()).putByte(flags(c.physical()));
            case Operation.OpenSession o -> out.putByte(OPEN_SESSION).putLong(o.seenHeight());
            case Operation.SubmitChange s -> {
                out.putByte(SUBMIT_CHANGE).putBytes(s.text());
                writeValues(out, s.values());
                out.putBytes(s.signature());
            }
            case Operation.EndorseChange e ->
                out.putByte(ENDORSE_CHANGE).putBytes(e.text()).putBytes(e.signature());
            case Operation.StageValues s -> {
                out.putByte(STAGE_VALUES).putDigest(s.change()).putInt(s.first());
                writeValues(out, s.values());
            }
            case Operation.SignedWrite(long timeMicros, Operation signed, Bytes signature) -> {
                out.putByte(SIGNED_WRITE).putLong(timeMicros).putBytes(signature);
                write(out, signed);
            }
            case Operation.Unique(Digest nonce, Operation unique) -> {
                out.putByte(UNIQUE).putDigest(nonce);
                write(out, unique);
            }
            case UpkeepOperation upkeep -> write(out, upkeep);
            case LeaseOperation lease -> write(out, lease);
            case Operation.OnBehalf(Bytes user, long authRevision, Operation asked) -> {
                out.putByte(ON_BEHALF).putBytes(user).putLong(authRevision);
                write(out, asked);
            }
            case AuthOperation auth -> AuthOperationCodec.write(out, auth);
        }
    }

    private static void write(ByteWriter out, LeaseOperation operation) {
        switch (operation) {
            case LeaseOperation.Grant(long id, long ttlSeconds) ->
                out.putByte(LEASE_GRANT).putLong(id).putLong(ttlSeconds);
            case LeaseOperation.Revoke(long id) -> out.putByte(LEASE_REVOKE).putLong(id);
            case LeaseOperation.KeepAlive(List<Long> ids) -> {
                out.putByte(LEASE_KEEP_ALIVE).putInt(ids.size());
                ids.forEach(out::putLong);
            }
        }
    }

    private static void write(ByteWriter out, UpkeepOperation operation) {
        switch (operation) {
            case UpkeepOperation.RaiseAlarm(Alarm alarm) -> write(out.putByte(RAISE_ALARM), alarm);
            case UpkeepOperation.DisarmAlarm(Alarm alarm) -> write(out.putByte(DISARM_ALARM), alarm);
            case UpkeepOperation.RaiseRevision(long revision) ->
                out.putByte(RAISE_REVISION).putLong(revision);
        }
    }

    private static void write(ByteWriter out, Alarm alarm) {
        out.putByte(alarm.kind().code()).putLong(alarm.member());
    }

    private static void writeValues(ByteWriter out, List<Bytes> values) {
        out.putInt(values.size());
        values.forEach(out::putBytes);
    }

    private static void write(ByteWriter out, Compare compare) {
        out.putByte(indexOf(RESULTS, compare.result()))
                .putByte(indexOf(COMPARE_TARGETS, compare.target()))
                .putBytes(compare.key())
                .putBytes(compare.rangeEnd())
                .putLong(compare.number())
                .putBytes(compare.value());
    }

    private static int flags(boolean... bits) {
        int flags = 0;
        for (int i = 0; i < bits.length; i++) {
            flags |= bits[i] ? 1 << i : 0;
        }
        return flags;
    }

    /** The position in {@code all}, which never changes its order: it is part of the encoding. */
    private static <E extends Enum<E>> int indexOf(E[] all, E value) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == value) {
                return i;
            }
        }
        throw new IllegalArgumentException("unknown " + value);
    }

    /** False for nearly all that {@link Operation#isSigned} is false of, and never for a signed one alone; costs nothing. */
    public static boolean mayBeSigned(Bytes operations) {
        byte[] bytes = operations.shared();
        int kindAt = bytes.length > FIRST_KIND && bytes[FIRST_KIND] == UNIQUE ? UNIQUE_KIND : FIRST_KIND;
        return bytes.length > kindAt
                && bytes[kindAt] >= SUBMIT_CHANGE
                && bytes[kindAt] <= SIGNED_WRITE
                && BigEndian.getInt(bytes, 0) == 1;
    }

    /** The operations, or nothing if the bytes are not exactly what {@link #encode} writes for some list. */
    public static Optional<List<Operation>> decode(Bytes bytes) {
        Reader in = new Reader(bytes);
        List<Operation> operations = in.nextAll(0);
        return in.isCleanEnd() ? Optional.of(operations) : Optional.empty();
    }

    /** Reads until something is wrong; from then on yields only empty values, and never ends cleanly. */
    static final class Reader {
        private final byte[] bytes;
        private int at;
        private boolean broken;

        Reader(Bytes source) {
            this.bytes = source.shared();
        }

        boolean isCleanEnd() {
            return !broken && at == bytes.length;
        }

        List<Operation> nextAll(int depth) {
            int count = nextCount();
            List<Operation> operations = new ArrayList<>();
            for (int i = 0; i < count && !broken; i++) {
                next(depth).ifPresent(operations::add);
            }
            return operations;
        }

        private Optional<Operation> next(int depth) {
            int kind = nextByte();
            Optional<Operation> operation = Optional.empty();
            switch (kind) {
                case PUT -> {
                    Bytes key = nextBytes();
                    Bytes value = nextBytes();
                    long lease = nextLong();
                    int f = nextFlags(3);
                    operation =
                            Optional.of(new Operation.Put(key, value, lease, (f & 1) != 0, (f & 2) != 0, (f & 4) != 0));
                }
                case DELETE ->
                    operation = Optional.of(new Operation.DeleteRange(nextBytes(), nextBytes(), nextFlags(1) != 0));
                case RANGE -> operation = Optional.of(nextRange());
                case TXN -> operation = nextTxn(depth);
                case COMPACT -> operation = Optional.of(new Operation.Compact(nextLong(), nextFlags(1) != 0));
                case OPEN_SESSION -> operation = Optional.of(new Operation.OpenSession(nextLong()));
                case UNIQUE -> operation = nextUnique(depth);
                case SUBMIT_CHANGE ->
                    operation = Optional.of(new Operation.SubmitChange(nextBytes(), nextValues(), nextBytes()));
                case ENDORSE_CHANGE -> operation = Optional.of(new Operation.EndorseChange(nextBytes(), nextBytes()));
                case STAGE_VALUES -> operation = nextStaged();
                case SIGNED_WRITE -> operation = nextSignedWrite(depth);
                case LEASE_GRANT -> operation = Optional.of(new LeaseOperation.Grant(nextLong(), nextLong()));
                case LEASE_REVOKE -> operation = Optional.of(new LeaseOperation.Revoke(nextLong()));
                case LEASE_KEEP_ALIVE -> operation = Optional.of(new LeaseOperation.KeepAlive(nextLongs()));
                case RAISE_ALARM -> operation = nextAlarm().map(UpkeepOperation.RaiseAlarm::new);
                case DISARM_ALARM -> operation = nextAlarm().map(UpkeepOperation.DisarmAlarm::new);
                case RAISE_REVISION -> operation = Optional.of(new UpkeepOperation.RaiseRevision(nextLong()));
                case ON_BEHALF -> operation = nextOnBehalf(depth);
                default -> {
                    boolean isAuth = kind >= AuthOperationCodec.FIRST && kind <= AuthOperationCodec.LAST;
                    broken |= !isAuth;
                    operation = isAuth ? Optional.of(AuthOperationCodec.next(kind, this)) : Optional.empty();
                }
            }
            return operation;
        }

        private Optional<Operation> nextOnBehalf(int depth) {
            if (!mayNest(depth)) {
                return Optional.empty();
            }
            Bytes user = nextBytes();
            long authRevision = nextLong();
            return next(depth + 1).map(operation -> new Operation.OnBehalf(user, authRevision, operation));
        }

        private Optional<Operation> nextSignedWrite(int depth) {
            if (!mayNest(depth)) {
                return Optional.empty();
            }
            long timeMicros = nextLong();
            Bytes signature = nextBytes();
            return next(depth + 1).map(operation -> new Operation.SignedWrite(timeMicros, operation, signature));
        }

        private Optional<Alarm> nextAlarm() {
            Optional<Alarm.Kind> kind = Alarm.Kind.ofCode(nextByte());
            broken |= kind.isEmpty();
            long member = nextLong();
            return kind.map(known -> new Alarm(member, known));
        }

        private Operation nextRange() {
            Bytes key = nextBytes();
            Bytes end = nextBytes();
            long limit = nextLong();
            long revision = nextLong();
            Operation.SortOrder order = nextOf(ORDERS);
            Operation.SortTarget target = nextOf(TARGETS);
            int f = nextFlags(2);
            return new Operation.Range(
                    key,
                    end,
                    limit,
                    revision,
                    order,
                    target,
                    (f & 1) != 0,
                    (f & 2) != 0,
                    nextLong(),
                    nextLong(),
                    nextLong(),
                    nextLong());
        }

        private Optional<Operation> nextUnique(int depth) {
            if (!mayNest(depth)) {
                return Optional.empty();
            }
            Digest nonce = nextDigest();
            return next(depth + 1).map(operation -> new Operation.Unique(nonce, operation));
        }

        private Optional<Operation> nextStaged() {
            Digest change = nextDigest();
            int first = nextInt();
            List<Bytes> values = nextValues();
            broken |= values.isEmpty();
            return broken ? Optional.empty() : Optional.of(new Operation.StageValues(change, first, values));
        }

        private Optional<Operation> nextTxn(int depth) {
            if (!mayNest(depth)) {
                return Optional.empty();
            }
            int count = nextCount();
            List<Compare> compares = new ArrayList<>();
            for (int i = 0; i < count && !broken; i++) {
                compares.add(new Compare(
                        nextOf(RESULTS), nextOf(COMPARE_TARGETS), nextBytes(), nextBytes(), nextLong(), nextBytes()));
            }
            return Optional.of(new Operation.Txn(compares, nextAll(depth + 1), nextAll(depth + 1)));
        }

        private List<Bytes> nextValues() {
            int count = nextCount();
            List<Bytes> values = new ArrayList<>();
            for (int i = 0; i < count && !broken; i++) {
                values.add(nextBytes());
            }
            return values;
        }

        private List<Long> nextLongs() {
            int count = nextCount();
            List<Long> numbers = new ArrayList<>();
            for (int i = 0; i < count && !broken; i++) {
                numbers.add(nextLong());
            }
            return numbers;
        }

        private boolean mayNest(int depth) {
            broken |= depth >= MAX_NESTING;
            return !broken;
        }

        <E> E nextOf(E[] all) {
            int index = nextByte();
            if (index >= all.length) {
                broken = true;
                return all[0];
            }
            return all[index];
        }

        /** A count of things of at least one byte each, so that a lie cannot make room for more than was sent. */
        private int nextCount() {
            int count = nextInt();
            if (count < 0 || count > bytes.length - at) {
                broken = true;
                return 0;
            }
            return count;
        }

        int nextFlags(int bits) {
            int flags = nextByte();
            broken |= flags >>> bits != 0;
            return flags;
        }

        Bytes nextBytes() {
            int length = nextInt();
            if (!has(length)) {
                return Bytes.EMPTY;
            }
            at += length;
            return Bytes.wrap(java.util.Arrays.copyOfRange(bytes, at - length, at));
        }

        private Digest nextDigest() {
            if (!has(Digest.BYTES)) {
                return Digest.ZERO;
            }
            at += Digest.BYTES;
            return Digest.read(bytes, at - Digest.BYTES);
        }

        private int nextByte() {
            return has(1) ? bytes[at++] & 0xff : 0;
        }

        private int nextInt() {
            if (!has(4)) {
                return 0;
            }
            at += 4;
            return BigEndian.getInt(bytes, at - 4);
        }

        private long nextLong() {
            if (!has(8)) {
                return 0;
            }
            at += 8;
            return BigEndian.getLong(bytes, at - 8);
        }

        private boolean has(int count) {
            broken |= count < 0 || count > bytes.length - at;
            return !broken;
        }
    }
}
