package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.ExecutionId;
import dev.cairn.protocol.Replica;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Vote;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A hash over everything in a replica that can still matter. Two replicas with one fingerprint answer every further step
 * alike. It walks the object graph by reflection, so a field that is added to the protocol counts from then on.
 *
 * <p>Left out, each for the reason that stands in {@link #LEFT_OUT}: what never changes; the clock and what only measures
 * by it; what is kept only to be sent again, because in a small world everything that was ever sent stays deliverable;
 * votes, suspicions and VIEW-CHANGEs received, because below their threshold they can as well arrive later, and at it
 * the certificate or the view stands for them; who signed a certificate, because nobody asks.
 */
final class Fingerprint {
    private static final Set<String> CONSTANT = Set.of(
            "Core.genesis",
            "Core.chainId",
            "Core.epoch",
            "Core.quorums",
            "Core.parameters",
            "Core.timeouts",
            "Core.signer",
            "Core.wallNanos",
            "ViewChanger.genesisBlock",
            "ViewChanger.onEntered",
            "ViewChanger.onLeft",
            "Chain.onSuperseded",
            "Decisions.onCommitted",
            "Decisions.onDivergence");

    private static final Set<String> CLOCK = Set.of(
            "Core.ticks",
            "Core.lastExecution",
            "Proposer.lastProposedTick",
            "Replica.patience",
            "HandOver.enteredTick",
            "Slot.proposedTick",
            "RequestPool$Entry.arrivedTick",
            "RequestPool$Entry.sentTick",
            "RequestPool$Entry.relays",
            "RequestPool$Entry.watched");

    private static final Set<String> SENT_AGAIN =
            Set.of("Core.effects", "ViewChanger.accepted", "Replica.peers", "Replica.helpedAtTick", "Replica.catchUp");

    private static final Set<String> RECEIVED =
            Set.of("ViewChanger.suspicions", "ViewChanger.viewChanges", "Accusations.kept");

    private static final List<Set<String>> LEFT_OUT = List.of(CONSTANT, CLOCK, SENT_AGAIN, RECEIVED);

    /** Their order only decides what goes first when memory is short. */
    private static final String CANDIDATES = "Chain.candidates";

    /** Of the votes in it the replica's own counts. */
    private static final String VOTES = "VoteSet.votes";

    /** A slot is made for the first vote that comes in; without a proposal or a certificate it is as good as none. */
    private static final String SLOT = "dev.cairn.protocol.Slot";

    private static final Set<String> CONTENT_OF_SLOT = Set.of("prePrepare", "prepared", "committed");

    private enum Kind {
        AS_IT_IS,
        UNORDERED,
        OWN_ONLY
    }

    private record Part(Field field, Kind kind) {}

    private static final ClassValue<List<Part>> PARTS = new ClassValue<>() {
        @Override
        protected List<Part> computeValue(Class<?> type) {
            return partsOf(type);
        }
    };

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final IdentityHashMap<Object, Integer> visited = new IdentityHashMap<>();

    private final ReplicaId self;

    private Fingerprint(ReplicaId self) {
        this.self = self;
    }

    static Digest of(Replica replica) {
        Fingerprint fingerprint = new Fingerprint(replica.status().self());
        try {
            fingerprint.write(replica);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return Hashing.sha256(fingerprint.bytes.toByteArray());
    }

    private static List<Part> partsOf(Class<?> type) {
        List<Part> parts = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            String name = type.getName().replaceFirst(".*\\.", "") + "." + field.getName();
            boolean leftOut = LEFT_OUT.stream().anyMatch(names -> names.contains(name));
            if (!leftOut && !Modifier.isStatic(field.getModifiers()) && field.getType() != ExecutionId.class) {
                field.setAccessible(true);
                parts.add(new Part(field, kindOf(name)));
            }
        }
        return List.copyOf(parts);
    }

    private static Kind kindOf(String field) {
        return switch (field) {
            case CANDIDATES -> Kind.UNORDERED;
            case VOTES -> Kind.OWN_ONLY;
            default -> Kind.AS_IT_IS;
        };
    }

    private void write(@Nullable Object value) throws IOException, IllegalAccessException {
        write(value, Kind.AS_IT_IS);
    }

    private void write(@Nullable Object value, Kind kind) throws IOException, IllegalAccessException {
        if (value == null) {
            out.writeByte(0);
            return;
        }
        switch (value) {
            case Boolean v -> out.writeBoolean(v);
            case Integer v -> out.writeInt(v);
            case Long v -> out.writeLong(v);
            case String v -> out.writeUTF(v);
            case Enum<?> v -> out.writeUTF(v.name());
            case Bytes v -> writeBytes(v.shared());
            case Digest v -> out.write(v.toArray());
            case Block v -> out.write(v.digest().toArray());
            case QuorumCertificate v -> {
                write(v.phase());
                write(v.ballot());
            }
            case Vote v -> {
                write(v.phase());
                write(v.ballot());
                out.writeInt(v.voter().index());
            }
            case Message.PrePrepare v -> write(v.ballot());
            case Message.ViewChange v -> {
                write(v.target());
                write(v.prepared());
                write(v.committed());
            }
            case Optional<?> v -> {
                out.writeBoolean(v.isPresent());
                if (v.isPresent()) {
                    write(v.get());
                }
            }
            case Map<?, ?> v -> writeMap(v, kind);
            case Collection<?> v -> {
                out.writeInt(v.size());
                for (Object element : v) {
                    write(element);
                }
            }
            default -> writeParts(value);
        }
    }

    private void writeBytes(byte[] array) throws IOException {
        out.writeInt(array.length);
        out.write(array);
    }

    /** Entries in the map's own order, or by their keys' bytes where neither the map nor the code has one. */
    private void writeMap(Map<?, ?> map, Kind kind) throws IOException, IllegalAccessException {
        Map<?, ?> ordered = switch (kind) {
            case AS_IT_IS -> map;
            case UNORDERED -> new TreeMap<Object, Object>(map);
            case OWN_ONLY -> {
                Object own = map.get(self);
                yield own == null ? Map.of() : Map.of(self, own);
            }
        };
        for (Map.Entry<?, ?> entry : ordered.entrySet()) {
            if (!isBlank(entry.getValue())) {
                out.writeByte(1);
                write(entry.getKey());
                write(entry.getValue());
            }
        }
        out.writeByte(0);
    }

    private static boolean isBlank(Object value) throws IllegalAccessException {
        if (value instanceof Map<?, ?> map) {
            for (Object inner : map.values()) {
                if (!isBlank(inner)) {
                    return false;
                }
            }
            return true;
        }
        if (!value.getClass().getName().equals(SLOT)) {
            return false;
        }
        for (Part part : PARTS.get(value.getClass())) {
            if (CONTENT_OF_SLOT.contains(part.field().getName()) && part.field().get(value) != null) {
                return false;
            }
        }
        return true;
    }

    /** Records by value; other objects once, and by their number where they are met again. */
    private void writeParts(Object object) throws IOException, IllegalAccessException {
        Class<?> type = object.getClass();
        if (!type.getName().startsWith("dev.cairn.protocol.")) {
            throw new IllegalStateException("how is a " + type + " to be compared?");
        }
        if (!type.isRecord()) {
            Integer number = visited.putIfAbsent(object, visited.size());
            if (number != null) {
                out.writeInt(number);
                return;
            }
        }
        for (Part part : PARTS.get(type)) {
            write(part.field().get(object), part.kind());
        }
    }
}
