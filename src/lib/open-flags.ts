/**
 * Flags for opening files that are the mirror's own: never through a link, which could lead to any file of this machine, and without
 * waiting for the other end of a pipe. Windows has neither flag.
 */
import { constants } from 'node:fs';

const NO_LINK = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const READ_FLAGS = constants.O_RDONLY | NO_LINK;
export const APPEND_FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | NO_LINK;
