/** The user of this process. */
import { homedir } from 'node:os';
import type { User } from '../config/directories.ts';

export function readUser(): User {
  return { platform: process.platform, env: process.env, home: findHome() };
}

/** A user without an entry in the system's list of users, as in containers, may have no home directory. */
function findHome(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
