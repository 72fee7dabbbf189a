/** A server as a process that is going to be killed. */
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
