package dev.cairn.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.cairn.protocol.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names that the documentation uses exist in the code. */
class DocumentationTest {
    private static final JavaClasses CAIRN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.cairn");

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
            String method = names.group(2);
            assertThat(known).as("docs/a-put.md names " + type).contains(type);
            if (method != null) {
                assertThat(CAIRN.stream().filter(c -> c.getSimpleName().equals(type)))
                        .as("docs/a-put.md names " + type + "." + method)
                        .anyMatch(c -> c.getMethods().stream()
                                .anyMatch(m -> m.getName().equals(method)));
            }
        }
        assertThat(found).isGreaterThan(15);
    }

    @Test
    void everyLineOfAStoryIsInTheLegend() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "testing.md"));
        for (Class<?> kind : Transition.class.getPermittedSubclasses()) {
            assertThat(page).as("the legend in docs/testing.md").contains('`' + kind.getSimpleName() + '`');
        }
    }
}
