package io.allium.client;

/**
 * What keeps a stream apart from others: two streams share a circuit only where all of it is equal. The listener leaves
 * empty whatever its flags do not isolate by. Immutable.
 *
 * @param group the listener, or the session group that several listeners share
 * @param username SOCKS user name, as the application sent it
 * @param password SOCKS password
 * @param client address of the application
 * @param protocol how the application asked: SOCKS4, SOCKS5, DNS, …
 * @param destination host that it goes to
 * @param port that it goes to, or 0
 */
public record Isolation(
        String group, String username, String password, String client, String protocol, String destination, int port) {
    /** Our own needs, which share no circuit with any application. */
    public static final Isolation OWN = of("\0own");

    /** By listener alone. */
    public static Isolation of(String group) {
        return new Isolation(group, "", "", "", "", "", 0);
    }

    public Isolation withAuth(String newUsername, String newPassword) {
        return new Isolation(group, newUsername, newPassword, client, protocol, destination, port);
    }

    public Isolation withClient(String newClient) {
        return new Isolation(group, username, password, newClient, protocol, destination, port);
    }

    public Isolation withProtocol(String newProtocol) {
        return new Isolation(group, username, password, client, newProtocol, destination, port);
    }

    public Isolation withDestination(String newDestination) {
        return new Isolation(group, username, password, client, protocol, newDestination, port);
    }

    public Isolation withPort(int newPort) {
        return new Isolation(group, username, password, client, protocol, destination, newPort);
    }
}
