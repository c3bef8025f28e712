package dev.cairn.protocol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CanonicalBytesTest {
    private static final Header HEADER = header(7, 11);

    private static Header header(long height, long time) {
        Digest d = Hashing.sha256(new byte[] {1});
        return new Header(
                Header.FORMAT,
                d,
                new Epoch(2),
                new Height(height),
                d,
                time,
                d,
                new StateRoots(3, 4, 1, d, d, d),
                d,
                d,
                d,
                d,
                9);
    }

    @Test
    void headerBytesAreFixedForEver() {
        assertThat(HEADER.encode()).hasSize(Header.ENCODED_BYTES);
        assertThat(HEADER.digest().toHex())
                .isEqualTo("2e7894d92e17f4009ff6693c5722d5c0bc4ad33cafed8e6c63f622417e5cb1d4");
    }

    @Test
    void statementBytesAreFixedForEver() {
        Statement statement = new Statement(
                Statement.Kind.COMMIT, HEADER.chainId(), new Epoch(1), new View(2), new Height(3), HEADER.digest());
        assertThat(Hashing.sha256(statement.encode()).toHex())
                .isEqualTo("606272d6f18f8641372aa46aa52b6e44f286aeb1e89815e6ccd32c3da9b57ac5");
    }

    @Property
    void everyByteOfAHeaderMatters(
            @ForAll @IntRange(min = 0, max = Header.ENCODED_BYTES - 1) int position, @ForAll byte mask) {
        byte[] bytes = HEADER.encode();
        bytes[position] ^= mask;
        if (mask == 0) {
            assertThat(Header.decode(bytes)).isEqualTo(HEADER);
        } else {
            Header other;
            try {
                other = Header.decode(bytes);
            } catch (IllegalArgumentException refused) {
                return;
            }
            assertThat(other.digest()).isNotEqualTo(HEADER.digest());
        }
    }

    @Test
    void aHeaderWithTrailingBytesIsRefused() {
        byte[] longer = Arrays.copyOf(HEADER.encode(), Header.ENCODED_BYTES + 1);
        assertThatThrownBy(() -> Header.decode(longer)).isInstanceOf(IllegalArgumentException.class);
    }

    private static QuorumCertificate certificate() {
        byte[] signature = new byte[64];
        Arrays.fill(signature, (byte) 5);
        Ballot ballot = new Ballot(new Epoch(1), new View(2), new Height(3), HEADER.digest());
        Signature signed = new Signature(Bytes.wrap(signature));
        return new QuorumCertificate(
                Phase.COMMIT,
                ballot,
                List.of(
                        new QuorumCertificate.Signed(new ReplicaId(0), signed),
                        new QuorumCertificate.Signed(new ReplicaId(2), signed)));
    }

    @Test
    void certificateBytesAreFixedForEver() {
        assertThat(certificate().encode()).hasSize(61 + 2 * 72);
        assertThat(Hashing.sha256(certificate().encode()).toHex())
                .isEqualTo("190aa9a838c6d11ee179853f228915a45e884bf4aa5d44c51300253313928e42");
    }

    @Property
    void certificateBytesAreThoseOfOneCertificate(
            @ForAll @IntRange(min = 0, max = 204) int position, @ForAll byte mask) {
        byte[] bytes = certificate().encode();
        bytes[position] ^= mask;
        try {
            QuorumCertificate decoded = QuorumCertificate.decode(bytes);
            assertThat(decoded.encode()).isEqualTo(bytes);
            assertThat(decoded.equals(certificate())).isEqualTo(mask == 0);
        } catch (IllegalArgumentException refused) {
            assertThat(mask).isNotZero();
        }
    }

    @Property
    void aCertificateOfAnotherLengthIsRefused(@ForAll @IntRange(min = 0, max = 400) int length) {
        byte[] bytes = Arrays.copyOf(certificate().encode(), length);
        Assume.that(length != 61 + 2 * 72);
        assertThatThrownBy(() -> QuorumCertificate.decode(bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 6962 section 2.1, written recursively as in the text. */
    private static Digest rfc6962(List<Digest> leaves) {
        if (leaves.isEmpty()) {
            return Hashing.sha256(new byte[0]);
        }
        if (leaves.size() == 1) {
            return Hashing.merkleLeaf(leaves.getFirst());
        }
        int k = Integer.highestOneBit(leaves.size() - 1);
        return Hashing.merkleNode(rfc6962(leaves.subList(0, k)), rfc6962(leaves.subList(k, leaves.size())));
    }

    @Property(tries = 200)
    void theFrontierHasTheRootOfRfc6962(@ForAll @Size(max = 70) List<Long> seeds) {
        List<Digest> leaves = new ArrayList<>();
        MerkleFrontier frontier = MerkleFrontier.EMPTY;
        for (long seed : seeds) {
            Digest leaf = new Digest(seed, 0, 0, 1);
            leaves.add(leaf);
            frontier = frontier.append(leaf);
            assertThat(frontier.root()).isEqualTo(rfc6962(leaves));
        }
        assertThat(frontier.size()).isEqualTo(leaves.size());
    }

    /** CVE-2012-2459: a tree that pairs a last leaf with itself gives both lists one root. */
    @Test
    void repeatingTheLastLeafChangesTheRoot() {
        Digest a = new Digest(1, 0, 0, 0);
        Digest b = new Digest(2, 0, 0, 0);
        Digest c = new Digest(3, 0, 0, 0);
        assertThat(MerkleFrontier.rootOf(List.of(a, b, c))).isNotEqualTo(MerkleFrontier.rootOf(List.of(a, b, c, c)));
    }

    @Property
    void whatIsWrittenByteByByteIsAllThere(@ForAll byte[] bytes) {
        ByteWriter out = new ByteWriter(0);
        for (byte b : bytes) {
            out.putByte(b);
        }
        assertThat(out.toArray()).isEqualTo(bytes);
    }
}
