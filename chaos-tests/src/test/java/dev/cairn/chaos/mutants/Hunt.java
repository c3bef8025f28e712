package dev.cairn.chaos.mutants;

import dev.cairn.simulator.Judges;
import dev.cairn.simulator.World;
import dev.cairn.simulator.WorldShrinker;
import java.io.IOException;
import java.net.URLClassLoader;
import java.util.Optional;
import java.util.function.BiFunction;

/** A mutant, loaded, and the search for worlds that show it. */
final class Hunt implements AutoCloseable {
    /** The first world, in order of their seeds, in which an invariant broke. */
    record Find(long seed, World world, String violation) {
        String invariant() {
            return WorldShrinker.nameIn(violation);
        }
    }

    private final Habitat habitat;
    private final URLClassLoader loader;
    private final BiFunction<String, String, String> probe;

    @SuppressWarnings("unchecked")
    Hunt(Mutant mutant) throws IOException, ReflectiveOperationException {
        this.habitat = mutant.habitat();
        this.loader = MutantCompiler.load(mutant);
        this.probe = (BiFunction<String, String, String>)
                loader.loadClass(WorldProbe.class.getName()).getConstructor().newInstance();
    }

    Optional<Find> first(Judges judges, int worlds) {
        for (long seed = 1; seed <= worlds; seed++) {
            World world = habitat.world(seed);
            Optional<String> violation = violation(judges, world);
            if (violation.isPresent()) {
                return Optional.of(new Find(seed, world, violation.get()));
            }
        }
        return Optional.empty();
    }

    Optional<String> violation(Judges judges, World world) {
        return Optional.of(probe.apply(judges.name(), world.toString())).filter(what -> !what.isEmpty());
    }

    String story(World world) {
        return probe.apply(WorldProbe.STORY, world.toString());
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
