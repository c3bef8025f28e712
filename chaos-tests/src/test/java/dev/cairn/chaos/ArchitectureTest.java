package dev.cairn.chaos;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The direction of dependencies, what is banned where outcomes must be the same on every replica, and the names in docs. */
class ArchitectureTest {
    private static final JavaClasses CAIRN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.cairn");

    private static final DescribedPredicate<JavaClass> PROTOCOL = resideInAPackage("dev.cairn.protocol..");
    private static final DescribedPredicate<JavaClass> STATE =
            resideInAPackage("dev.cairn.kv..").and(not(resideInAPackage("dev.cairn.kv.store..")));

    private static void mayUse(String of, String... packages) {
        String[] allowed = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("java..", "javax..", "org.jspecify..", "dev.cairn." + of + ".."),
                        java.util.stream.Stream.of(packages))
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage("dev.cairn." + of + "..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed)
                        .or(DescribedPredicate.describe("arrays", JavaClass::isArray))
                        .or(DescribedPredicate.describe("primitives", JavaClass::isPrimitive)))
                .check(CAIRN);
    }

    @Test
    void theCoreNeedsNothingButJava() {
        mayUse("protocol");
    }

    @Test
    void theSimulatorAndTheStoreNeedTheCoreOnly() {
        mayUse("simulator", "dev.cairn.protocol..");
        mayUse("kv", "dev.cairn.protocol..", "org.rocksdb..");
    }

    @Test
    void arrowsPointOneWay() {
        no("dev.cairn.codec..", "dev.cairn.runtime..", "dev.cairn.kv..", "dev.cairn.server..", "dev.cairn.cli..");
        no("dev.cairn.runtime..", "dev.cairn.kv..", "dev.cairn.server..", "dev.cairn.cli..", "dev.cairn.simulator..");
        no("dev.cairn.server..", "dev.cairn.cli..", "dev.cairn.simulator..");
        no("dev.cairn.cli..", "dev.cairn.simulator..");
    }

    private static void no(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(CAIRN);
    }

    private static final List<String> BANNED = List.of(
            "java.lang.Thread|effects and events",
            "java.util.Random|a value derived from the request",
            "java.util.concurrent.ThreadLocalRandom|a value derived from the request",
            "java.security.SecureRandom|a value derived from the request",
            "java.time.Clock|Event.Ticked, or the block's time",
            "java.time.Instant|Event.Ticked, or the block's time",
            "java.nio.file.Files|the shell's log, or kv.store",
            "java.net.Socket|Effect.Send",
            "java.util.concurrent.locks.Lock|one thread, or an immutable value",
            "java.util.HashMap|TreeMap or LinkedHashMap, whose order is the same everywhere",
            "java.util.HashSet|TreeSet or LinkedHashSet, whose order is the same everywhere",
            "java.util.IdentityHashMap|TreeMap or LinkedHashMap");

    @Test
    void nothingInCoreAndStateDependsOnClocksChanceThreadsOrHashOrder() {
        for (String ban : BANNED) {
            String[] parts = ban.split("\\|", 2);
            ArchRule rule = noClasses()
                    .that(PROTOCOL.or(STATE))
                    .should()
                    .dependOnClassesThat(DescribedPredicate.describe(
                            parts[0], c -> c.getName().equals(parts[0])))
                    .because("replicas must come to the same result; use " + parts[1]);
            rule.check(CAIRN);
        }
        for (String method : List.of("currentTimeMillis", "nanoTime", "identityHashCode")) {
            noClasses()
                    .that(PROTOCOL.or(STATE))
                    .should()
                    .callMethodWhere(DescribedPredicate.describe(
                            "System." + method,
                            call -> call.getTargetOwner().getName().equals("java.lang.System")
                                    && call.getName().equals(method)))
                    .because("time enters only as Event.Ticked, and nothing depends on where an object lies")
                    .check(CAIRN);
        }
        noClasses()
                .that(PROTOCOL.or(STATE))
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "UUID.randomUUID",
                        call -> call.getTargetOwner().getName().equals("java.util.UUID")))
                .because("chance does not enter; derive names from the request")
                .check(CAIRN);
    }

    @Test
    void onlyTheRealAndTheSimulatedAuthenticatorVouchForMessages() {
        Set<String> subclasses = CAIRN.stream()
                .filter(c -> c.isAssignableTo("dev.cairn.protocol.Authenticator"))
                .map(JavaClass::getSimpleName)
                .filter(name -> !name.equals("Authenticator"))
                .collect(Collectors.toSet());
        assertThat(subclasses).containsExactlyInAnyOrder("Ed25519Authenticator", "SimCrypto");
    }

    @Test
    void theNamesInAPutExist() throws IOException {
        Path page = Path.of("..", "docs", "a-put.md");
        Set<String> known = CAIRN.stream().map(JavaClass::getSimpleName).collect(Collectors.toSet());
        Matcher names =
                Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.([a-z][A-Za-z]+))?").matcher(Files.readString(page));
        int found = 0;
        while (names.find()) {
            found++;
            String type = names.group(1);
            assertThat(known).as("docs/a-put.md names " + type).contains(type);
            String method = names.group(2);
            if (method != null) {
                assertThat(CAIRN.stream().filter(c -> c.getSimpleName().equals(type)))
                        .as("docs/a-put.md names " + type + "." + method)
                        .anyMatch(c -> c.getMethods().stream()
                                .anyMatch(m -> m.getName().equals(method)));
            }
        }
        assertThat(found).isGreaterThan(15);
    }
}
