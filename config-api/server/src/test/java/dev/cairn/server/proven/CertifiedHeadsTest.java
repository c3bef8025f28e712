package dev.cairn.server.proven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.View;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.server.SoloChain;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertifiedHeadsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final SoloChain chain = new SoloChain("resumed");

    /** The log as it may be after a crash: a block is known to be committed by a descendant that is not here. */
    private record CutOff(SoloChain chain, QuorumCertificate ofDescendant) implements CommittedChain {
        @Override
        public Optional<Committed> committed(Height height) {
            return chain.committed(height).map(committed -> new Committed(committed.block(), ofDescendant));
        }

        @Override
        public Optional<Header> header(Height height) {
            return chain.header(height);
        }

        @Override
        public Optional<Block> block(Height height) {
            return chain.block(height);
        }

        @Override
        public Optional<MerkleFrontier> historyBefore(Height height) {
            return chain.historyBefore(height);
        }

        @Override
        public Optional<List<Digest>> fill(long from, long to) {
            return chain.fill(from, to);
        }
    }

    @Test
    void aHeadThatOnlyADescendantVouchesForWaitsForTheDescendant() throws Exception {
        try (KvStateMachine machine =
                KvStateMachine.open(directory, chain.document().genesis().chainId(), Governance.OPEN, Limits.DEFAULT)) {
            KvState genesis = machine.committed();
            KvState first = machine.execute(genesis, new Proposal(new Height(1), 1, List.of()));
            chain.append(chain.next(List.of(), first.roots(), 1));
            KvState second = machine.execute(first, new Proposal(new Height(2), 2, List.of()));
            Block descendant = chain.next(List.of(), second.roots(), 2);
            QuorumCertificate proof = chain.certify(descendant.header(), View.ZERO, 3);

            CertifiedHeads heads = new CertifiedHeads();
            heads.resume(first, new CutOff(chain, proof));
            assertThat(heads.newest()).isEmpty();
            heads.committed(descendant, second, proof);
            assertThat(heads.newest().map(CertifiedHead::header)).contains(descendant.header());
        }
    }
}
