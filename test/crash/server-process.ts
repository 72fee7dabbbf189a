/** A server as a process that is going to be killed, and what it is told. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN } from '../helpers/cli.ts';

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Settles when it has ended. */
  readonly dead: Promise<unknown>;
  /** Where it listens, once it does. @throws Error with its output if it ends before */
  findAddress(): Promise<string>;
}

export const UPSTREAM_TOKEN = 'crash-token';

/** What servers of every crash suite are told: they look for work each second, and may call both. */
export function createServerEnv(simulatorUrl: string, receiverUrl: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    ACEDATACLOUD_API_TOKEN: UPSTREAM_TOKEN,
    ACEDATACLOUD_API_BASE_URL: simulatorUrl,
    FLUX_MIRROR_IMAGE_ALLOW_HOSTS: [simulatorUrl, receiverUrl].map((url) => new URL(url).host).join(','),
    FLUX_MIRROR_SYNC_CRON: '* * * * * *',
  };
}

export function startServerProcess(cwd: string, env: Readonly<Record<string, string>>): ServerProcess {
  const child = spawn(process.execPath, [MAIN, 'serve'], { cwd, env });
  return { child, dead: once(child, 'exit'), findAddress: () => readAddress(child) };
}

async function readAddress(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += String(chunk);
      const address = /listens on (\S+)/.exec(output)?.[1];
      if (address) resolve(address);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', () => reject(new Error(`the server did not start:\n${output}`)));
  });
}
