package io.allium.web;

import io.allium.base.LocalFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A folder as a site, to be read only. Nothing outside of it is served, whatever a path or a link says; nothing whose name
 * begins with a dot, where people keep what they don't show ({@code .git}, {@code .htpasswd}), but {@code .well-known};
 * and nothing but files and folders. Immutable; the files are whatever they are when somebody asks.
 */
public final class Site implements Handler {
    private static final String INDEX = "index.html";

    /**
     * What a page of the site may load: what is on the site. A font or a script from elsewhere would tell somebody there of
     * each visitor, and could say who they are.
     */
    private static final String FROM_HERE_ALONE =
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; form-action 'self'";

    private final Path root;
    private final boolean loadsFromElsewhere;

    /**
     * @param loadsFromElsewhere whether pages may load what is on other sites
     */
    public Site(Path folder, boolean loadsFromElsewhere) throws LocalFailure {
        try {
            this.root = folder.toRealPath();
        } catch (IOException missing) {
            throw new LocalFailure("there is no folder " + folder, missing);
        }
        if (!Files.isDirectory(root) || !Files.isReadable(root)) {
            throw new LocalFailure(folder + " is no folder that can be read");
        }
        this.loadsFromElsewhere = loadsFromElsewhere;
    }

    @Override
    public Response answer(HttpRequest request, RequestBody body) {
        if (!request.reads()) {
            return Response.notAllowed("GET, HEAD");
        }
        Optional<SitePath> path = SitePath.parse(request.target());
        if (path.isEmpty()) {
            return Response.notFound();
        }
        try {
            return answer(request, path.get());
        } catch (IOException unreadable) {
            return Response.notFound(); // gone meanwhile, or not ours to read, which is nobody's business
        }
    }

    private Response answer(HttpRequest request, SitePath path) throws IOException {
        Optional<Path> found = find(path);
        if (found.isEmpty()) {
            return Response.notFound();
        }
        if (!Files.isDirectory(found.get())) {
            return path.folder() ? Response.notFound() : file(request, found.get());
        }
        if (!path.folder()) {
            return Response.sentence(301, "This is a folder.")
                    .with("Location", new SitePath(path.names(), true).link());
        }
        Path index = found.get().resolve(INDEX);
        return shows(index) && Files.isRegularFile(index) ? file(request, index) : Listing.of(path, found.get(), this);
    }

    /** The file or folder, if the site has it. */
    private Optional<Path> find(SitePath path) {
        Path file = root;
        try {
            for (String name : path.names()) {
                file = file.resolve(name);
            }
        } catch (InvalidPathException noName) {
            return Optional.empty(); // of a file, on this system
        }
        return Optional.of(file).filter(this::shows);
    }

    /**
     * Whether something may be seen: by its name, and by what it really is, for a link may lead anywhere. Who can swap files
     * in the folder while we look can publish them as well.
     */
    boolean shows(Path file) {
        try {
            Path real = file.toRealPath();
            return real.startsWith(root)
                    && isOpen(root.relativize(file.normalize()))
                    && isOpen(root.relativize(real))
                    && (Files.isRegularFile(real) || Files.isDirectory(real))
                    && Files.isReadable(real);
        } catch (IOException missing) {
            return false;
        }
    }

    /** Whether no part is hidden. */
    private static boolean isOpen(Path inside) {
        for (Path part : inside) {
            String name = part.toString();
            if (name.startsWith(".") && !name.equals(".well-known")) {
                return false;
            }
        }
        return true;
    }

    private Response file(HttpRequest request, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long length = channel.size();
            Instant modified = Files.getLastModifiedTime(file).toInstant();
            String name = Objects.requireNonNull(file.getFileName()).toString();
            Headers headers = Headers.NONE
                    .with("Content-Type", MediaTypes.of(name))
                    .with("Cache-Control", "no-cache"); // to be asked for again, with the tag
            String tag = Representation.tag(root.relativize(file).toString(), length, modified);
            Response response = new Representation(
                            new Content.OpenFile(channel, length),
                            tag,
                            modified,
                            loadsFromElsewhere ? headers : headers.with("Content-Security-Policy", FROM_HERE_ALONE))
                    .answer(request);
            return closing(response, channel);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    /** A response that sends nothing of the file does not keep it open. */
    static Response closing(Response response, FileChannel channel) throws IOException {
        if (response.status() != 200 && response.status() != 206) {
            channel.close();
        }
        return response;
    }
}
