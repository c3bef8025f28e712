package dev.cairn.kv;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs {@link ProofBenchmark}, in JVMs of its own; some three minutes:
 *
 * <pre>mvn -q -pl kv-store -am test -Dtest=ProofFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class ProofFigures {
    @Test
    void print() throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(ProofBenchmark.class.getName())
                        .shouldFailOnError(true)
                        .build())
                .run();
    }
}
