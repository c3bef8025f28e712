package dev.cairn.chaos;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The direction of dependencies, what is banned where outcomes must be the same on every replica, and the names in docs.
 */
class ArchitectureTest {
    private static final JavaClasses CAIRN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.cairn");

    private static final DescribedPredicate<JavaClass> DETERMINISTIC =
            resideInAnyPackage("dev.cairn.protocol..", "dev.cairn.kv..");

    /** Durable storage: part of the state machine's module, but it stores what was decided and decides nothing. */
    private static final DescribedPredicate<JavaClass> STORAGE = resideInAPackage("dev.cairn.kv.store..");

    /** A module of its own, for clients too. */
    private static final DescribedPredicate<JavaClass> VERIFYING =
            resideInAnyPackage("dev.cairn.kv.model..", "dev.cairn.kv.proof..");

    /** For each part of the house, the others that it may use. */
    private static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("proto", List.of()),
            Map.entry("protocol", List.of()),
            Map.entry("codec", List.of("protocol", "proto")),
            // proto: the stubs of the peer link.
            Map.entry("runtime", List.of("protocol", "codec", "proto")),
            Map.entry("simulator", List.of("protocol")),
            // codec: the one Ed25519 rule.
            Map.entry("ssh", List.of("protocol", "codec")),
            Map.entry("kv", List.of("protocol", "ssh")),
            Map.entry("genesis", List.of("kv", "protocol")),
            Map.entry("client", List.of("genesis", "kv", "codec", "protocol", "proto")),
            Map.entry("server", List.of("genesis", "kv", "runtime", "codec", "protocol", "proto")),
            // server: how etcd's messages and settings are read; see theAgentTakesNothingOfAReplica.
            Map.entry("agent", List.of("server", "client", "genesis", "kv", "ssh", "codec", "protocol", "proto")),
            Map.entry(
                    "cli",
                    List.of(
                            "agent",
                            "server",
                            "client",
                            "genesis",
                            "simulator",
                            "kv",
                            "ssh",
                            "runtime",
                            "codec",
                            "protocol",
                            "proto")),
            Map.entry(
                    "chaos",
                    List.of(
                            "cli",
                            "agent",
                            "server",
                            "client",
                            "genesis",
                            "simulator",
                            "kv",
                            "runtime",
                            "codec",
                            "protocol",
                            "proto")));

    static Stream<String> parts() {
        return ARROWS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void arrowsGoOneWay(String part) {
        List<String> allowed = ARROWS.getOrDefault(part, List.of());
        String[] forbidden = ARROWS.keySet().stream()
                .filter(other -> !other.equals(part) && !allowed.contains(other))
                .map(ArchitectureTest::packages)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(packages(part))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .because(part + " may use " + (allowed.isEmpty() ? "no other part" : "only " + allowed))
                .allowEmptyShould(true)
                .check(CAIRN);
    }

    @Test
    void everyClassBelongsToAPartOfTheHouse() {
        classes()
                .should()
                .resideInAnyPackage(parts().map(ArchitectureTest::packages).toArray(String[]::new))
                .because("a new part needs its arrows in this test")
                .check(CAIRN);
    }

    @Test
    void theRulesSeeWhatTheyWatch() {
        for (String part : List.of(
                "proto",
                "protocol",
                "kv",
                "ssh",
                "kv.model",
                "kv.proof",
                "kv.change",
                "kv.guard",
                "kv.store",
                "server",
                "cli")) {
            assertThat(CAIRN.stream().filter(resideInAPackage(packages(part))))
                    .as(part)
                    .hasSizeGreaterThan(5);
        }
    }

    @Test
    void theProtocolNeedsNothingButJava() {
        classes()
                .that()
                .resideInAPackage("dev.cairn.protocol..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAPackage("dev.cairn.protocol..").or(javaBaseOrAnnotation()))
                .because("the core is pure: gRPC, protobuf, RocksDB, crypto and loggers belong to codec and runtime")
                .check(CAIRN);
    }

    @Test
    void onlyStorageKnowsRocksDb() {
        classes()
                .that()
                .resideInAPackage("dev.cairn.kv..")
                .and(DescribedPredicate.not(STORAGE))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("dev.cairn.kv..", "dev.cairn.ssh..", "dev.cairn.protocol..")
                        .or(javaBaseOrAnnotation()))
                .because("the state machine is plain Java; the disk is behind dev.cairn.kv.store")
                .check(CAIRN);
    }

    @Test
    void whatClientsVerifyWithNeedsNoStore() {
        classes()
                .that(VERIFYING)
                .should()
                .onlyDependOnClassesThat(VERIFYING
                        .or(resideInAPackage("dev.cairn.protocol.model.."))
                        .or(javaBaseOrAnnotation()))
                .because("a client that trusts no server has neither its store nor its disk")
                .check(CAIRN);
    }

    @Test
    void theStateMachineSeesOnlyItsPortOfTheProtocol() {
        noClasses()
                .that()
                .resideInAPackage("dev.cairn.kv..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.cairn.protocol..")
                        .and(DescribedPredicate.not(resideInAPackage("dev.cairn.protocol.model..")))
                        .and(describe(
                                "are not the port",
                                type -> !List.of("dev.cairn.protocol.StateMachine", "dev.cairn.protocol.Proposal")
                                        .contains(type.getName().replaceFirst("\\$.*", "")))))
                .because("the state machine knows the port StateMachine with its Proposal, and the values of"
                        + " dev.cairn.protocol.model")
                .check(CAIRN);
    }

    @ParameterizedTest
    @EnumSource
    void nothingThatDiffersBetweenReplicas(Ban ban) {
        ban.rule(ban.bindsStorage ? DETERMINISTIC : DETERMINISTIC.and(DescribedPredicate.not(STORAGE)))
                .check(CAIRN);
    }

    @Test
    void theSshRuleTakesOnlyEd25519FromTheCodec() {
        noClasses()
                .that()
                .resideInAPackage("dev.cairn.ssh..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.cairn.codec..")
                        .and(describe(
                                "are not Ed25519",
                                type -> !type.getName().matches("dev\\.cairn\\.codec\\.Ed25519(\\$.*)?"))))
                .because("people's signatures and replicas' share one validity rule and nothing else")
                .check(CAIRN);
    }

    @Test
    void theAgentTakesNothingOfAReplica() {
        noClasses()
                .that()
                .resideInAPackage("dev.cairn.agent..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.cairn.server..")
                        .and(DescribedPredicate.not(resideInAnyPackage(
                                "dev.cairn.server.config..", "dev.cairn.server.etcd..", "dev.cairn.server.metrics..")))
                        .and(describe(
                                "are not the exception of a change that is gone",
                                type -> !type.getName().equals("dev.cairn.server.watch.GoneException"))))
                .because("it shares with the server how etcd's messages and configuration files are read, and no more")
                .check(CAIRN);
    }

    @Test
    void theSimulatorNeedsOnlyTheCore() {
        classes()
                .that()
                .resideInAPackage("dev.cairn.simulator..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("dev.cairn.simulator..", "dev.cairn.protocol..")
                        .or(javaBaseOrAnnotation()))
                .because("a world is one seed: nothing in it comes from outside")
                .check(CAIRN);
    }

    /** A ban that nothing can break guards nothing. */
    @ParameterizedTest
    @EnumSource
    void everyOffenceIsNoticedAndTheMessageSaysWhatToUse(Ban ban) {
        JavaClasses offences = new ClassFileImporter().importClasses(Offences.OF.getOrDefault(ban, List.of()));
        assertThat(offences).as("examples of %s", ban).isNotEmpty();
        for (JavaClass offence : offences) {
            var result = ban.rule(DescribedPredicate.equalTo(offence)).evaluate(offences);
            assertThat(result.hasViolation()).as(offence.getName()).isTrue();
            assertThat(result.getFailureReport().toString()).contains(ban.instead);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsHarmlessIsAllowed(Ban ban) {
        ban.rule(DescribedPredicate.alwaysTrue())
                .check(new ClassFileImporter().importClasses(Offences.Harmless.class, Offences.Point.class));
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

    private static String packages(String part) {
        return "dev.cairn." + part + "..";
    }

    private static DescribedPredicate<JavaClass> javaBaseOrAnnotation() {
        return describe("are in java.base or of JSpecify", type -> {
            JavaClass element = type.getBaseComponentType();
            return element.isPrimitive()
                    || element.getPackageName().equals("org.jspecify.annotations")
                    || Object.class.getModule().getPackages().contains(element.getPackageName());
        });
    }
}
