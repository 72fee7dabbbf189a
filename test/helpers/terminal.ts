/** The command line on a pseudo-terminal, where it asks and shows tables. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { MAIN } from './cli.ts';

/** Runs a command as `script` (util-linux) lets it see a terminal. @param input what the person types @returns everything shown */
export async function runOnTerminal(
  args: readonly string[],
  { input, env = {} }: { input: string; env?: Record<string, string> },
): Promise<{ code: number | null; shown: string }> {
  const command = [process.execPath, MAIN, ...args]
    .map((arg) => `'${arg.replaceAll("'", "'\\''")}'`)
    .join(' ');
  const child = spawn('script', ['-qec', `stty -echo; ${command}`, '/dev/null'], {
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', NODE_NO_WARNINGS: '1', NO_COLOR: '1', ...env },
  });
  // Typed ahead, as a person may; the end of the input ends the terminal.
  child.stdin.write(input);
  const [[code], shown] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
  ]);
  child.stdin.destroy();
  return { code, shown: shown.replaceAll('\r\n', '\n') };
}
