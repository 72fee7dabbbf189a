/** The command line on a pseudo-terminal, where it asks and shows tables. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { addEngine, MAIN } from './cli.ts';

/** What a person types once something is shown. */
interface Answer {
  readonly after: string;
  readonly type: string;
}

interface Typing {
  /** Typed ahead, as a person may. */
  readonly input?: string;
  readonly answers?: readonly Answer[];
  readonly env?: Record<string, string>;
}

/** Runs a command as `script` (util-linux) lets it see a terminal. @returns everything shown */
export async function runOnTerminal(
  args: readonly string[],
  { input = '', answers = [], ...typing }: Typing,
): Promise<{ code: number | null; shown: string }> {
  const { env } = await addEngine(args, typing);
  const command = [process.execPath, MAIN, ...args]
    .map((arg) => `'${arg.replaceAll("'", "'\\''")}'`)
    .join(' ');
  const child = spawn('script', ['-qec', `stty -echo; ${command}`, '/dev/null'], {
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', NODE_NO_WARNINGS: '1', NO_COLOR: '1', ...env },
  });
  // The end of the input would end the terminal.
  child.stdin.write(input);
  const waiting = [...answers];
  let soFar = '';
  child.stdout.on('data', (chunk: Buffer) => {
    soFar += chunk.toString();
    const [next] = waiting;
    if (next === undefined || !soFar.includes(next.after)) return;
    waiting.shift();
    soFar = '';
    child.stdin.write(next.type);
  });
  const [[code], shown] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
  ]);
  child.stdin.destroy();
  return { code, shown: shown.replaceAll('\r\n', '\n') };
}
