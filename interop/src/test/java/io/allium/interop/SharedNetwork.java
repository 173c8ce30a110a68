package io.allium.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a network: one for all of them, since half a minute goes by until it is up. It ends after the last test of
 * all. Whoever wants to end nodes lets clients of his own {@linkplain MixedNetwork#join join} first.
 */
abstract class SharedNetwork implements ParameterResolver {
    private final MixedNetwork.Size size;
    private final String ours;

    /** @param ours a pattern of the names of nodes that are ours */
    SharedNetwork(MixedNetwork.Size size, String ours) {
        this.size = size;
        this.ours = ours;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == MixedNetwork.class;
    }

    @Override
    public MixedNetwork resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(getClass()))
                .computeIfAbsent(Shared.class, key -> Shared.up(size, ours), Shared.class)
                .network;
    }

    private record Shared(MixedNetwork network, Path folder) implements AutoCloseable {
        static Shared up(MixedNetwork.Size size, String ours) {
            try {
                Path folder = Files.createTempDirectory("shared-network");
                var pattern = Pattern.compile(ours).asMatchPredicate();
                return new Shared(MixedNetwork.up(folder, size, pattern, false), folder);
            } catch (Exception failed) {
                throw new IllegalStateException("a network where ours are " + ours, failed);
            }
        }

        @Override
        public void close() throws IOException {
            network.close();
            List<Path> all;
            try (Stream<Path> files = Files.walk(folder)) {
                all = files.sorted(Comparator.reverseOrder()).toList();
            } catch (UncheckedIOException goneMeanwhile) {
                throw goneMeanwhile.getCause();
            }
            for (Path file : all) {
                Files.deleteIfExists(file);
            }
        }
    }
}
