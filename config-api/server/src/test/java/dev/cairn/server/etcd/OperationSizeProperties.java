package dev.cairn.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The bound holds, and is close. */
class OperationSizeProperties {
    @Property(tries = 500)
    void boundsTheEncoding(@ForAll Random random) {
        Operation operation = operation(random, 2);
        int encoded = OperationCodec.encode(List.of(operation)).size();
        assertThat(OperationSize.of(operation)).isBetween(encoded - 4, 2 * encoded + 16);
    }

    private static Operation operation(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 13 : 3)) {
            case 0 -> new Operation.Put(bytes(random), bytes(random), random.nextLong(), true, false, false);
            case 1 -> new Operation.DeleteRange(bytes(random), bytes(random), random.nextBoolean());
            case 2 -> Operation.Range.all(bytes(random), bytes(random));
            case 3 -> new Operation.Compact(random.nextLong(), true);
            case 4 -> new Operation.Unique(new Digest(random.nextLong(), 2, 3, 4), operation(random, depth - 1));
            case 5 -> new Operation.StageValues(Digest.ZERO, 3, List.of(bytes(random), bytes(random)));
            case 6 -> new Operation.EndorseChange(bytes(random), bytes(random));
            case 7 -> new Operation.SubmitChange(bytes(random), List.of(bytes(random)), bytes(random));
            case 8 -> new Operation.SignedWrite(random.nextLong(), operation(random, depth - 1), bytes(random));
            case 9 -> new LeaseOperation.Grant(random.nextLong(), random.nextLong());
            case 10 -> new LeaseOperation.Revoke(random.nextLong());
            case 11 ->
                new LeaseOperation.KeepAlive(
                        random.longs(random.nextInt(4)).boxed().toList());
            default ->
                new Operation.Txn(
                        IntStream.range(0, random.nextInt(4))
                                .mapToObj(i -> new Compare(
                                        Compare.Result.EQUAL,
                                        Compare.Target.VALUE,
                                        bytes(random),
                                        bytes(random),
                                        0,
                                        bytes(random)))
                                .toList(),
                        operations(random, depth - 1),
                        operations(random, depth - 1));
        };
    }

    private static List<Operation> operations(Random random, int depth) {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> operation(random, depth))
                .toList();
    }

    private static Bytes bytes(Random random) {
        return Bytes.wrap(new byte[random.nextInt(20)]);
    }
}
