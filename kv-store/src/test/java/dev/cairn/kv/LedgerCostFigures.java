package dev.cairn.kv;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Request;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What operations on signed texts of nearly a MiB cost a replica that has to execute them, each in a block of its own on the
 * same parent: processor time of preparing and executing it, and the bytes of values that it writes.
 *
 * <pre>mvn -q -pl kv-store -am test -Dtest=LedgerCostFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class LedgerCostFigures extends LedgerFixture {
    private static final int PUTS = 4000;
    private static final int WARM_UP = 40;
    private static final int MEASURED = 40;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private Change large(String author) {
        ChangeOperation[] puts = new ChangeOperation[PUTS];
        for (int i = 0; i < PUTS; i++) {
            puts[i] = put(Bytes.utf8("prod/%05d/%s".formatted(i, "k".repeat(150))), value(i));
        }
        return change(author, List.of(), puts);
    }

    private static Bytes value(int index) {
        return Bytes.utf8("value " + index);
    }

    private static Operation signed(Bytes text, Bytes signature) {
        return new Operation.SubmitChange(text, List.of(), signature);
    }

    private static Bytes signature(String signer, Bytes text) {
        return key(signer).sign("change@cairn.dev", text);
    }

    /** The text is no change: its last line is another's. */
    private static Bytes unreadable(Change change) {
        byte[] text = change.text().toArray();
        text[text.length - 2] = 'x';
        return Bytes.wrap(text);
    }

    @Test
    void print() {
        Change waiting = large("alice");
        System.out.printf("a text of %d bytes, of %d%n", waiting.text().size(), ChangeLimits.MAX_TEXT_BYTES);
        cost("signed by nobody", i -> signed(large("alice").text(), Bytes.utf8("nothing " + i)));
        cost("signed by a stranger", _ -> {
            Bytes text = large("alice").text();
            return signed(text, signature("stranger", text));
        });
        Bytes bad = unreadable(large("alice"));
        cost("unreadable, the same again, signed by a stranger", _ -> signed(bad, signature("stranger", bad)));
        cost("unreadable, the same again, signed by alice", _ -> signed(bad, signature("alice", bad)));
        cost("a registered key, and another text's signature", i -> {
            Bytes text = large("alice").text();
            return signed(text, signature("alice", Bytes.utf8("another " + i)));
        });
        cost("signed by its author", _ -> {
            Bytes text = large("alice").text();
            return signed(text, signature("alice", text));
        });

        run(signed(waiting.text(), signature("alice", waiting.text())));
        Operation again = signed(waiting.text(), signature("alice", waiting.text()));
        cost("the same again while it waits", _ -> again);
        cost("a value of a few bytes", i -> stage(waiting, i, value(i)));
        cost("a value that is not the one", i -> stage(waiting, i, value(i + 1)));
        Operation approval = approve(waiting, "carol");
        cost("an approval", _ -> approval);
        cost("a stranger's approval", _ -> endorse(Endorsement.Kind.APPROVAL, waiting.digest(), "stranger"));
        for (int i = 0; i < PUTS - 1; i++) {
            run(stage(waiting, i, value(i)));
        }
        cost("its last value but for a signature", _ -> stage(waiting, PUTS - 1, value(PUTS - 1)));
        run(withdraw(waiting, "alice"));
        cost("an approval of what is settled", _ -> approval);
    }

    private static Operation stage(Change waiting, int index, Bytes value) {
        return new Operation.StageValues(waiting.digest(), index, List.of(value));
    }

    private void cost(String what, IntFunction<Operation> operation) {
        long[] prepare = new long[MEASURED];
        long[] execute = new long[MEASURED];
        long written = 0;
        for (int i = 0; i < WARM_UP + MEASURED; i++) {
            Request request = request(List.of(operation.apply(i)));
            KvState parent = machine.committed();
            Proposal proposal = new Proposal(parent.height().next(), nowSeconds * 1_000_000_000L, List.of(request));
            long start = CPU.getCurrentThreadCpuTime();
            machine.prepare(request);
            long prepared = CPU.getCurrentThreadCpuTime();
            KvState after = machine.execute(parent, proposal);
            long executed = CPU.getCurrentThreadCpuTime();
            if (i >= WARM_UP) {
                prepare[i - WARM_UP] = prepared - start;
                execute[i - WARM_UP] = executed - prepared;
                written = after.changes().stream()
                        .mapToLong(event -> event.change().value().length())
                        .sum();
            }
        }
        Arrays.sort(prepare);
        Arrays.sort(execute);
        System.out.printf(
                "%-50s prepared in %7.2f ms, executed in %7.2f ms, writes %8d bytes%n",
                what, prepare[MEASURED / 2] / 1e6, execute[MEASURED / 2] / 1e6, written);
    }
}
