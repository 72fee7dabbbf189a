/** The processes that this one started, as Linux shows them. */
import { readdirSync, readFileSync } from 'node:fs';

/** @param entry what their command lines name @returns ids of the running ones; undefined on other systems */
export function listChildProcesses(entry: string): number[] | undefined {
  try {
    return readdirSync('/proc/self/task')
      .flatMap((thread) => readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' '))
      .filter((pid) => pid !== '' && readCommandLine(pid).includes(entry))
      .map(Number);
  } catch {
    return undefined;
  }
}

/** Empty if it has ended. */
function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** The most memory that a process has had at once, in bytes; 0 if it has ended. */
export function readPeakMemory(pid: number | 'self'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
