package dev.cairn.client;

import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a client knows of its cluster before it asks anybody: the genesis document. Its hash is the chain id, which every
 * signature names, so whoever pins the document can be talked into no other cluster.
 */
public record Pin(GenesisFile document, Genesis genesis) {

    public static Pin of(GenesisFile document) {
        return new Pin(document, document.genesis());
    }

    /**
     * Reads the cluster's {@code genesis.json}. Where it comes from must be trustworthy; compare its SHA-256 with the
     * chain id that was published.
     */
    public static Pin read(Path file) throws GenesisException {
        return of(GenesisFile.read(file));
    }

    public Digest chainId() {
        return genesis.chainId();
    }

    /** Where the document says that clients reach the replicas, in the order of their ids. */
    public List<HostPort> addresses() {
        return document.replicas().stream().map(GenesisFile.Member::client).toList();
    }

    /** The genesis block, which needs no certificate. */
    TrustedHead genesisHead() {
        return new TrustedHead(genesis.block().header(), MerkleFrontier.EMPTY, Optional.empty());
    }
}
