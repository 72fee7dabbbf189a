/** What a process uses, read from /proc (Linux). CPU time, since other processes hardly change it, unlike the time on the clock. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extractTerms } from '../../src/search/terms.ts';
import { measureCpuMs } from '../helpers/cpu-time.ts';

export interface Usage {
  /** CPU time of all threads, milliseconds. */
  readonly cpuMs: number;
  /** CPU time of the main thread: for at most as long, the event loop was held. */
  readonly mainMs: number;
  /** Growth of memory at its peak. */
  readonly mebibytes: number;
}

/** Measures what a process uses while `work` runs. Threads that end meanwhile are not counted. */
export async function measureUsage(pid: number, work: () => Promise<unknown>): Promise<Usage> {
  resetPeak(pid);
  const memory = readPeakKib(pid);
  const before = readThreads(pid);
  await work();
  const after = readThreads(pid);
  const used = (tid: string) => ((after.get(tid) ?? 0) - (before.get(tid) ?? 0)) / 1e6;
  return {
    cpuMs: [...after.keys()].reduce((sum, tid) => sum + used(tid), 0),
    mainMs: used(String(pid)),
    mebibytes: Math.max(0, readPeakKib(pid) - memory) / 1024,
  };
}

/** Nanoseconds on a CPU by thread. */
function readThreads(pid: number): Map<string, number> {
  const tids = readdirSync(`/proc/${pid}/task`);
  return new Map(tids.map((tid) => [tid, Number(readThread(pid, tid).split(' ')[0])]));
}

function readThread(pid: number, tid: string): string {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8');
  } catch {
    return '0'; // it has just ended
  }
}

/** Makes the peak what is used now. */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function readPeakKib(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** What the calibration takes on the machine for which the bounds were chosen. */
const REFERENCE_MS = 60;

/** How many times slower this machine is now than the one for which the bounds were chosen; at least 1. */
export async function measureSlowness(): Promise<number> {
  const text = Array.from({ length: 20_000 }, (_, at) => `slow${at.toString(36)} calibration`).join(' ');
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) times.push(await measureCpuMs(() => extractTerms(text)));
  const median = times.sort((a, b) => a - b)[2] ?? REFERENCE_MS;
  return Math.max(1, median / REFERENCE_MS);
}
