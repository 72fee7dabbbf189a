/** Opens files of the archive: never through a link, and without waiting for the writer of a pipe that lies in its place. */
import { constants } from 'node:fs';

/** Windows has neither flag. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
