/** Graceful shutdown of a long-running command. */
import type { Log } from '../lib/log.ts';

/** Waits for SIGINT or SIGTERM, then stops. A second signal exits immediately. */
export async function stopOnSignal(log: Log, stop: () => Promise<void>): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
  });
  log.info({ signal }, 'stopping');
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));
  await stop();
}
