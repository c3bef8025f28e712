package dev.cairn.cli.repo;

import dev.cairn.client.repo.RepositoryName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Repositories' names on the command line. */
final class NameConverter implements ITypeConverter<RepositoryName> {
    @Override
    public RepositoryName convert(String text) {
        try {
            return new RepositoryName(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
