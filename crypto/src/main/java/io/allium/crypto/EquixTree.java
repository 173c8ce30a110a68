package io.allium.crypto;

/**
 * A solution of Equi-X as a binary tree: its leaves are the eight indices, and of each node the lesser half comes first, so that no
 * solution can be written in two ways. Halves are compared as numbers whose last index weighs most.
 */
final class EquixTree {
    private EquixTree() {}

    /** Whether each node has its lesser half first. Halves may be equal. */
    static boolean isOrdered(char[] indices) {
        for (int half = 1; half < indices.length; half *= 2) {
            for (int at = 0; at < indices.length; at += 2 * half) {
                if (isGreater(indices, at, half)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Exchanges the two halves from {@code at} on if the first is the greater. */
    static void order(char[] indices, int at, int half) {
        if (!isGreater(indices, at, half)) {
            return;
        }
        for (int i = at; i < at + half; i++) {
            char first = indices[i];
            indices[i] = indices[i + half];
            indices[i + half] = first;
        }
    }

    private static boolean isGreater(char[] indices, int at, int half) {
        for (int i = at + half - 1; i >= at; i--) {
            if (indices[i] != indices[i + half]) {
                return indices[i] > indices[i + half];
            }
        }
        return false;
    }
}
