package dev.cairn.chaos.kvworlds;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.governed.Dice;
import dev.cairn.kv.governed.Drafts;
import dev.cairn.kv.governed.Entry;
import dev.cairn.kv.governed.EtcdWrites;
import dev.cairn.kv.governed.KeyRing;
import dev.cairn.kv.governed.Rules;
import dev.cairn.kv.governed.Seen;
import dev.cairn.kv.governed.SignedWrites;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.simulator.Clients;
import dev.cairn.simulator.World;
import dev.cairn.ssh.SshPublicKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * People who draft, approve and withdraw signed changes, and etcd's clients, in a world. Gateways are the replicas: those that
 * are Byzantine hand in lies, made of what was signed before and of keys that are nobody's.
 */
final class GovernedClients implements Clients {
    enum Lie {
        /** What somebody handed in before, as another request. */
        ONCE_MORE,
        CLAIMED_APPROVALS,
        IN_DISGUISE,
        OF_ANOTHER,
        FALSE_VALUE,
        UNSIGNED
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int RECENT = 4;

    private final KvStateMachine machine;
    private final KvChain chain;
    private final Dice dice;
    private final List<Integer> liars;
    private final List<Drafts.Draft> drafts = new ArrayList<>();
    private final List<Operation> handedIn = new ArrayList<>();
    private final Set<Lie> lies = EnumSet.noneOf(Lie.class);
    private int lastApproving;
    private Optional<Block> highest = Optional.empty();

    GovernedClients(World world, KvStateMachine machine, Rules founding) {
        this.machine = machine;
        this.chain = new KvChain(machine, founding.governance());
        this.dice = new Dice(world.seed());
        this.liars = world.byzantine().stream().map(World.Traits::replica).toList();
    }

    // What the world tells them.

    @Override
    public Bytes ask(RequestId request, long micros) {
        boolean lies = liars.contains(request.client().number()) && dice.inPercent(70);
        List<Operation> operations = lies ? lie() : List.of(honest());
        handedIn.addAll(operations);
        return OperationCodec.encode(operations);
    }

    @Override
    public void started(ReplicaId replica, Block head, List<Block> blocks) {
        blocks.forEach(chain::add);
        committed(replica, head);
    }

    @Override
    public void committed(ReplicaId replica, Block block) {
        chain.add(block);
        if (highest.filter(other -> !block.height().isAbove(other.height())).isEmpty()) {
            highest = Optional.of(block);
        }
    }

    /** What was committed, from the first block on. */
    List<Block> log() {
        return highest.map(block -> chain.path(Height.GENESIS, block)).orElse(List.of());
    }

    // What people do.

    private Operation honest() {
        int fate = dice.below(100);
        if (fate < 25 || drafts.isEmpty()) {
            return submitNew();
        }
        Drafts.Draft draft = recent();
        if (fate < 72) {
            lastApproving = someKey();
            return endorse(Endorsement.Kind.APPROVAL, draft, lastApproving);
        }
        if (fate < 80) {
            return endorse(Endorsement.Kind.WITHDRAWAL, draft, dice.inPercent(60) ? authorsKey(draft) : someKey());
        }
        if (fate < 85) {
            return submit(draft);
        }
        if (fate < 90 && !draft.values().isEmpty()) {
            return stage(draft);
        }
        String value = "w" + handedIn.size();
        return dice.inPercent(50)
                ? EtcdWrites.draw(dice, value)
                : SignedWrites.draw(dice, seen().rules(), nowSeconds(), value).write();
    }

    private Operation submitNew() {
        Drafts drafting = new Drafts(seen(), dice, nowSeconds());
        String reason = "c" + drafts.size();
        int fate = dice.below(100);
        Drafts.Draft draft = fate < 65
                ? drafting.change(reason)
                : fate < 85 ? drafting.admin(reason) : drafting.revocation(reason, lastApproving);
        drafts.add(draft);
        return submit(draft);
    }

    private Operation submit(Drafts.Draft draft) {
        Bytes text = draft.text().text();
        String namespace = Rules.authorsPurpose(draft.text()).namespace();
        List<Bytes> values = dice.inPercent(85) ? draft.values() : List.of();
        return new Operation.SubmitChange(text, values, sign(authorsKey(draft), namespace, text));
    }

    private Operation stage(Drafts.Draft draft) {
        int puts = draft.values().size();
        int first = dice.below(puts);
        int until = first + 1 + dice.below(puts - first);
        return new Operation.StageValues(
                draft.text().digest(), first, draft.values().subList(first, until));
    }

    private int authorsKey(Drafts.Draft draft) {
        List<SshPublicKey> own = seen().rules().keysOf(draft.text().author().text());
        return own.isEmpty() ? someKey() : KeyRing.number(dice.pick(own));
    }

    private Drafts.Draft recent() {
        return dice.pick(drafts.subList(Math.max(0, drafts.size() - RECENT), drafts.size()));
    }

    private int someKey() {
        return dice.below(KeyRing.SIZE - 3);
    }

    private Operation endorse(Endorsement.Kind kind, Drafts.Draft draft, int key) {
        Bytes text = endorsement(kind, draft);
        return new Operation.EndorseChange(text, sign(key, kind.purpose().namespace(), text));
    }

    private Bytes endorsement(Endorsement.Kind kind, Drafts.Draft draft) {
        return new Endorsement(kind, seen().rules().chain(), draft.text().digest()).text();
    }

    private static Bytes sign(int key, String namespace, Bytes text) {
        return KeyRing.key(key).sign(namespace, text);
    }

    // What liars hand in.

    private List<Operation> lie() {
        if (handedIn.isEmpty() || drafts.isEmpty()) {
            return List.of(EtcdWrites.draw(dice, "lie"));
        }
        return switch (told(dice.oneOf(Lie.values()))) {
            case ONCE_MORE -> List.of(dice.pick(handedIn.subList(Math.max(0, handedIn.size() - 40), handedIn.size())));
            case CLAIMED_APPROVALS -> {
                List<Operation> claims = claimedApprovals(recent());
                yield dice.inPercent(20) ? claims : List.of(dice.pick(claims));
            }
            case IN_DISGUISE -> List.of(inDisguise(dice.pick(handedIn)));
            case OF_ANOTHER -> List.of(ofAnother());
            case FALSE_VALUE ->
                List.of(new Operation.StageValues(recent().text().digest(), 0, List.of(Bytes.utf8("false"))));
            case UNSIGNED -> List.of(EtcdWrites.draw(dice, "lie"), EtcdWrites.draw(dice, "lie"));
        };
    }

    private Lie told(Lie lie) {
        lies.add(lie);
        return lie;
    }

    /** What liars have told. */
    Set<Lie> lies() {
        return lies;
    }

    /** That everybody has agreed; all of it together is refused as no request. */
    private List<Operation> claimedApprovals(Drafts.Draft draft) {
        Bytes text = endorsement(Endorsement.Kind.APPROVAL, draft);
        Bytes elsewhere = Bytes.utf8("for something else\n");
        List<Operation> claims = new ArrayList<>();
        for (int key = 0; key < KeyRing.SIZE; key++) {
            claims.add(new Operation.EndorseChange(
                    text,
                    switch (dice.below(3)) {
                        case 0 -> sign(key, "git", text);
                        case 1 -> sign(key, Endorsement.Kind.APPROVAL.purpose().namespace(), elsewhere);
                        default ->
                            sign(
                                    KeyRing.SIZE - 1,
                                    Endorsement.Kind.APPROVAL.purpose().namespace(),
                                    text);
                    }));
        }
        return claims;
    }

    /** A signature that was made for something, with something else. */
    private Operation inDisguise(Operation operation) {
        return switch (operation) {
            case Operation.SubmitChange submit -> {
                Drafts.Draft other = recent();
                yield new Operation.SubmitChange(other.text().text(), other.values(), submit.signature());
            }
            case Operation.EndorseChange endorse ->
                new Operation.EndorseChange(
                        endorsement(dice.oneOf(Endorsement.Kind.values()), recent()), endorse.signature());
            case Operation.SignedWrite write ->
                new Operation.SignedWrite(
                        write.timeMicros() + dice.below(2),
                        new Operation.DeleteRange(dice.pick(Drafts.KEYS), Bytes.EMPTY, false),
                        write.signature());
            default -> operation;
        };
    }

    /** Somebody's draft, with the author's approval of it in place of the author's signature, or with other values. */
    private Operation ofAnother() {
        Drafts.Draft draft = recent();
        Bytes text = draft.text().text();
        boolean otherValues = !draft.values().isEmpty() && dice.inPercent(50);
        List<Bytes> values = otherValues
                ? draft.values().stream().map(_ -> Bytes.utf8("false")).toList()
                : draft.values();
        String namespace = otherValues
                ? Rules.authorsPurpose(draft.text()).namespace()
                : Endorsement.Kind.APPROVAL.purpose().namespace();
        return new Operation.SubmitChange(text, values, sign(someKey(), namespace, text));
    }

    // What they see.

    private Seen seen() {
        KvState state = highest.map(block -> chain.after(block).state()).orElseGet(chain::beginning);
        return new SeenInState(state);
    }

    private long nowSeconds() {
        return highest.map(block -> block.header().timeNanos() / NANOS_PER_SECOND)
                .orElse(GovernedWorlds.START_SECONDS);
    }

    private final class SeenInState implements Seen {
        private final KvState state;

        SeenInState(KvState state) {
            this.state = state;
        }

        @Override
        public long revision() {
            return state.revision();
        }

        @Override
        public Optional<Entry> entry(Bytes key) {
            return state.tree()
                    .get(Space.CLIENTS.treeKey(key))
                    .map(Leaf::head)
                    .filter(KeyVersion::isLive)
                    .map(version -> new Entry(
                            machine.load(version).orElseThrow().value(),
                            version.createRevision(),
                            version.modRevision(),
                            version.version()));
        }

        @Override
        public Rules rules() {
            return Rules.of(GovernedWorlds.CHAIN, state.governance());
        }
    }
}
