/** How much of a command and of what it runs is read. */

/** A longer text is a program or data, not a command. */
export const MAX_TEXT_CHARACTERS = 20_000;

/** A longer script of the project is not read. */
export const MAX_SCRIPT_CHARACTERS = 200_000;

/** Nor are more characters for one command, in all scripts together. */
export const MAX_CHARACTERS = 1_000_000;
