/** The built server in a process that tells how much memory it uses after garbage has been collected. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../bench/processes.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Runs in the server's process, before the server, and in its threads, which have no channel. */
const REPORTER = `
  process.on('message', () => {
    gc();
    process.send(process.memoryUsage());
  });
  process.channel?.unref();
`;

export interface ObservedServer {
  readonly url: string;
  readMemory(): Promise<NodeJS.MemoryUsage>;
  stop(): Promise<void>;
}

export async function startObservedServer(dataDir: string): Promise<ObservedServer> {
  const port = await freePort();
  const settings = ['--offline', '--data-dir', dataDir, '--port', String(port), '--log-level', 'silent'];
  const reporter = `data:text/javascript,${encodeURIComponent(REPORTER)}`;
  const child = fork(MAIN, ['serve', ...settings], {
    execArgv: ['--expose-gc', '--import', reporter],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // It prints its address when it listens.
  await Promise.race([once(child.stdout ?? child, 'data'), failAtExit()]);
  return {
    url: `http://127.0.0.1:${port}`,
    readMemory: async () => {
      const answered = once(child, 'message');
      child.send('memory');
      const [usage] = await answered;
      return usage as NodeJS.MemoryUsage;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };

  async function failAtExit(): Promise<never> {
    const [code] = await once(child, 'exit');
    throw new Error(`the server ended with ${code}`);
  }
}
