package io.allium.cell;

/**
 * The command byte of a cell.
 *
 * @spec tor-spec 3
 */
public final class CellCommand {
    public static final int PADDING = 0;
    public static final int CREATE = 1;
    public static final int CREATED = 2;
    public static final int RELAY = 3;
    public static final int DESTROY = 4;
    public static final int CREATE_FAST = 5;
    public static final int CREATED_FAST = 6;
    public static final int VERSIONS = 7;
    public static final int NETINFO = 8;
    public static final int RELAY_EARLY = 9;
    public static final int CREATE2 = 10;
    public static final int CREATED2 = 11;
    public static final int PADDING_NEGOTIATE = 12;
    public static final int VPADDING = 128;
    public static final int CERTS = 129;
    public static final int AUTH_CHALLENGE = 130;
    public static final int AUTHENTICATE = 131;
    public static final int AUTHORIZE = 132;

    private CellCommand() {}

    /** Whether cells with this command carry their own length, on link protocol 3 and later. */
    public static boolean isVariable(int command) {
        return command == VERSIONS || command >= 128;
    }

    /** Whether the cell asks for a new circuit. */
    public static boolean isCreate(int command) {
        return command == CREATE || command == CREATE_FAST || command == CREATE2;
    }

    /** Whether the cell belongs to one circuit, so that its circuit ID may not be zero. */
    public static boolean isOfCircuit(int command) {
        return switch (command) {
            case CREATE, CREATED, RELAY, DESTROY, CREATE_FAST, CREATED_FAST, RELAY_EARLY, CREATE2, CREATED2 -> true;
            default -> false;
        };
    }

    /** The specification's name, or the number of an unknown command. */
    public static String name(int command) {
        return switch (command) {
            case PADDING -> "PADDING";
            case CREATE -> "CREATE";
            case CREATED -> "CREATED";
            case RELAY -> "RELAY";
            case DESTROY -> "DESTROY";
            case CREATE_FAST -> "CREATE_FAST";
            case CREATED_FAST -> "CREATED_FAST";
            case VERSIONS -> "VERSIONS";
            case NETINFO -> "NETINFO";
            case RELAY_EARLY -> "RELAY_EARLY";
            case CREATE2 -> "CREATE2";
            case CREATED2 -> "CREATED2";
            case PADDING_NEGOTIATE -> "PADDING_NEGOTIATE";
            case VPADDING -> "VPADDING";
            case CERTS -> "CERTS";
            case AUTH_CHALLENGE -> "AUTH_CHALLENGE";
            case AUTHENTICATE -> "AUTHENTICATE";
            case AUTHORIZE -> "AUTHORIZE";
            default -> "command " + command;
        };
    }
}
