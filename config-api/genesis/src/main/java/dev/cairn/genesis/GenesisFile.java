package dev.cairn.genesis;

import dev.cairn.genesis.json.Json;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.proof.EmptyState;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The genesis document: what people review and every replica and client pins. It has exactly one spelling, and the
 * SHA-256 of its bytes is the chain id, so a document that was changed in any byte is either refused or another chain.
 *
 * @param cluster a name for people; lower-case letters, digits and dashes
 * @param created the time of the genesis block, in whole seconds
 * @param replicas in the order of their ids, from 0
 * @param governance who may change what, until that is changed as it says itself; it has no guard that could let nothing pass
 * @param limits what the store takes from clients
 */
public record GenesisFile(
        String cluster,
        Instant created,
        Parameters parameters,
        List<Member> replicas,
        Governance governance,
        StoreLimits limits) {
    static final String FORMAT = "cairn-genesis-1";
    static final int MAX_BYTES = 4 << 20;
    static final int MAX_REPLICAS = 100;

    /** Of the state machine that the chain starts with. */
    private static final int APPLICATION_VERSION = 1;

    private static final Pattern CLUSTER = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final int VOTE_KEY_BYTES = 32;

    /**
     * One replica as everybody knows it.
     *
     * @param client where clients reach it
     * @param peer where the other replicas reach it
     * @param tlsFingerprint SHA-256 of its TLS certificate's DER bytes
     * @param voteKey its Ed25519 public key
     */
    public record Member(HostPort client, HostPort peer, Digest tlsFingerprint, Bytes voteKey) {
        public Member {
            if (voteKey.size() != VOTE_KEY_BYTES) {
                throw new IllegalArgumentException("a vote key has 32 bytes, not " + voteKey.size());
            }
        }
    }

    /** With etcd's limits. */
    public GenesisFile(
            String cluster, Instant created, Parameters parameters, List<Member> replicas, Governance governance) {
        this(cluster, created, parameters, replicas, governance, StoreLimits.DEFAULT);
    }

    public GenesisFile {
        replicas = List.copyOf(replicas);
        requireName(cluster);
        if (!created.equals(created.truncatedTo(ChronoUnit.SECONDS))
                || created.getEpochSecond() < 0
                || created.getEpochSecond() > Long.MAX_VALUE / 1_000_000_000L) {
            throw new IllegalArgumentException("time " + created + " is not a whole second between 1970 and 2262");
        }
        requireReplicas(replicas.size());
        distinct("vote key", replicas.stream().map(Member::voteKey));
        distinct("TLS certificate", replicas.stream().map(Member::tlsFingerprint));
        distinct("address", replicas.stream().flatMap(member -> Stream.of(member.client(), member.peer())));
        List<Objection.DeadEnd> deadEnds = governance.deadEnds(created.getEpochSecond());
        if (!deadEnds.isEmpty()) {
            throw new IllegalArgumentException(deadEnds.getFirst().sentence());
        }
    }

    /** Refuses, by {@link IllegalArgumentException}, what can be no cluster's name. */
    public static void requireName(String cluster) {
        if (!CLUSTER.matcher(cluster).matches()) {
            throw new IllegalArgumentException(
                    "cluster name \"" + cluster + "\" is not 1 to 63 lower-case letters, digits and inner dashes");
        }
    }

    /** Refuses, by {@link IllegalArgumentException}, what can be no cluster's size. */
    public static void requireReplicas(int count) {
        if (count < 1 || count > MAX_REPLICAS) {
            throw new IllegalArgumentException("a cluster has 1 to " + MAX_REPLICAS + " replicas, not " + count);
        }
    }

    /** Reads and checks the document in {@code file}. */
    public static GenesisFile read(Path file) throws GenesisException {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new GenesisException(file + ": larger than " + MAX_BYTES
                        + " bytes, so no genesis document; copy the cluster's genesis.json here");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new GenesisException(
                    file + ": there is no genesis document; copy the cluster's genesis.json here", e);
        } catch (IOException e) {
            throw new GenesisException(
                    file + ": cannot be read (" + e.getMessage() + "); check the path and its mode", e);
        }
        try {
            return parse(bytes);
        } catch (Json.MalformedException e) {
            throw new GenesisException(
                    file + ": " + e.getMessage() + "; copy the cluster's genesis.json again, byte for byte", e);
        }
    }

    /** Reads the document; refuses everything that {@link #render} would not have written. */
    public static GenesisFile parse(byte[] document) throws Json.MalformedException {
        GenesisFile genesis = GenesisFormat.parse(new String(document, StandardCharsets.UTF_8));
        GenesisFormat.requireSame(document, genesis.render());
        return genesis;
    }

    /** The document's only spelling. */
    public byte[] render() {
        return GenesisFormat.render(this).getBytes(StandardCharsets.UTF_8);
    }

    public Digest chainId() {
        return Hashing.sha256(render());
    }

    /** The first epoch's members. */
    public Membership membership() {
        return new Membership(Epoch.ZERO, replicas.stream().map(Member::voteKey).toList());
    }

    /** The genesis block's time, in nanoseconds since 1970. */
    public long timeNanos() {
        return created.getEpochSecond() * 1_000_000_000L;
    }

    /** Where the chain starts: its parameters, members and the roots of a state that holds nothing. */
    public Genesis genesis() {
        return new Genesis(chainId(), membership(), parameters, timeNanos(), APPLICATION_VERSION, EmptyState.roots());
    }

    private static void distinct(String what, Stream<?> values) {
        Set<Object> seen = new HashSet<>();
        values.forEach(value -> {
            if (!seen.add(value)) {
                throw new IllegalArgumentException("the same " + what + " stands twice: " + value);
            }
        });
    }
}
