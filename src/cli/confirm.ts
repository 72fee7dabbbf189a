/** Questions on the terminal. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface Dialog {
  readonly input: Readable;
  readonly output: Writable;
}

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on standard error, because standard output is for results. Anything but yes is no, also Ctrl-C and the end of the input. */
export async function confirm(
  question: string,
  { input, output }: Dialog = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  const prompt = createInterface({ input, output });
  try {
    const answer = await new Promise<string>((resolve) => {
      prompt.once('SIGINT', () => resolve('')).once('close', () => resolve(''));
      prompt.question(`${question} [y/N] `, resolve);
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
