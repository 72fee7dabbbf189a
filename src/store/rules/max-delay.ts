/** What a wrong clock leaves behind: due times that are far ahead when it is set right. */

/**
 * Nothing is ever scheduled further ahead than this, so a later due time was written by a wrong clock, and is reset to now.
 */
export const MAX_DELAY_MS = 8 * 3_600_000;
