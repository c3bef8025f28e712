package dev.cairn.chaos.mutants;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Builds the protocol with a mutant's edits and loads it, with the simulator, apart from the real one. */
final class MutantCompiler {
    private static final Path SOURCES = Path.of("../bft-core/protocol/src/main/java/dev/cairn/protocol");

    private MutantCompiler() {}

    /** Loads everything of the project anew, the edited classes before the real ones. */
    static URLClassLoader load(Mutant mutant, Path directory) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("src"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        List<Path> edited = new ArrayList<>();
        for (Map.Entry<Path, String> file : edited(mutant).entrySet()) {
            edited.add(Files.writeString(sources.resolve(file.getKey().getFileName()), file.getValue()));
        }
        compile(mutant, edited, classes);
        List<URL> path = new ArrayList<>();
        path.add(url(classes));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            path.add(url(Path.of(entry)));
        }
        return new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static Map<Path, String> edited(Mutant mutant) throws IOException {
        Map<Path, String> files = new LinkedHashMap<>();
        for (Mutant.Edit edit : mutant.edits()) {
            Path file = SOURCES.resolve(edit.type() + ".java");
            String text = files.containsKey(file) ? files.get(file) : Files.readString(file, StandardCharsets.UTF_8);
            int at = text.indexOf(edit.from());
            if (at < 0 || text.indexOf(edit.from(), at + 1) >= 0) {
                throw new IllegalArgumentException("mutant \"" + mutant + "\": \"" + edit.from()
                        + "\" should stand once in " + file + "; bring the mutant up to date");
            }
            files.put(
                    file,
                    text.substring(0, at)
                            + edit.to()
                            + text.substring(at + edit.from().length()));
        }
        return files;
    }

    private static void compile(Mutant mutant, List<Path> sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        java.io.StringWriter errors = new java.io.StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options =
                    List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            errors, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IllegalArgumentException("mutant \"" + mutant + "\" does not compile: " + errors);
            }
        }
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }
}
