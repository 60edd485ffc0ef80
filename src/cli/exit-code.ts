/** Exit code of a command whose person stopped it with Ctrl-C. */
export const CANCELLED = 130
