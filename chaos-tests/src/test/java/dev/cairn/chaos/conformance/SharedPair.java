package dev.cairn.chaos.conformance;

import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the {@link Pair} that all of this virtual machine share; it is started when the first asks. */
final class SharedPair implements ParameterResolver, ExecutionCondition {

    private record Started(Path directory, Servers servers) implements AutoCloseable {
        static Started now() {
            try {
                Path directory = Files.createTempDirectory("cairn-conformance-");
                return new Started(directory, new Servers(directory));
            } catch (IOException | StartupException e) {
                throw new IllegalStateException("no servers to compare", e);
            }
        }

        @Override
        public void close() throws IOException {
            servers.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext extension) {
        return Servers.areThere()
                ? ConditionEvaluationResult.enabled("there is an etcd to compare with")
                : ConditionEvaluationResult.disabled(ReferenceEtcd.MISSING);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
        return parameter.getParameter().getType() == Pair.class;
    }

    @Override
    public Pair resolveParameter(ParameterContext parameter, ExtensionContext extension) {
        Started started = extension
                .getRoot()
                .getStore(Namespace.create(SharedPair.class))
                .getOrComputeIfAbsent(Started.class, unstarted -> Started.now(), Started.class);
        return started.servers().pair();
    }
}
