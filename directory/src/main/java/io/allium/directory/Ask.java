package io.allium.directory;

import io.allium.directory.DocumentFetcher.Origin;

/** A request that is to be made now, and of whom. Immutable. */
record Ask(DirectoryRequest request, Origin origin) {}
