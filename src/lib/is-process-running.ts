import { hasErrorCode } from './errno.ts';

/** Whether a process of this machine runs; after it has ended, its pid may have been given to another one. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasErrorCode(error, 'EPERM'); // owned by another user
  }
}
