/** CPU time, which other processes on the machine hardly change, unlike the time on the clock. */

/** Milliseconds of CPU time that this process uses while `work` runs. */
export async function measureCpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
