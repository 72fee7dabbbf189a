/** Questions on the terminal, or to whatever is on standard input. Asked on standard error, because standard output is for results. */
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

export interface Dialog {
  /**
   * @param isHidden nothing of the answer is shown while it is typed
   * @returns the line; undefined at Ctrl-C and at the end of the input
   */
  ask(question: string, options?: { readonly isHidden?: boolean }): Promise<string | undefined>;
  close(): void;
}

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

export function openDialog({ input, output }: Streams = getStandardStreams()): Dialog {
  let isMuted = false;
  const screen = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const terminal = input.isTTY === true && output.isTTY === true;
  // Without a history: the next question must not offer a hidden answer.
  const lines = createInterface({ input, output: screen, terminal, historySize: 0 });
  lines.once('SIGINT', () => lines.close());
  const answers = lines[Symbol.asyncIterator]();
  return {
    ask: async (question, { isHidden = false } = {}) => {
      lines.setPrompt(`${question} `);
      lines.prompt();
      isMuted = isHidden;
      const { value, done } = await answers.next();
      isMuted = false;
      if (isHidden || done) output.write('\n');
      return done ? undefined : value;
    },
    close: () => lines.close(),
  };
}

/** Asks whether to go on. Anything but yes is no, also Ctrl-C and the end of the input. */
export async function confirm(question: string, streams: Streams = getStandardStreams()): Promise<boolean> {
  const dialog = openDialog(streams);
  try {
    return /^y(es)?$/i.test((await dialog.ask(`${question} [y/N]`))?.trim() ?? '');
  } finally {
    dialog.close();
  }
}

function getStandardStreams(): Streams {
  return { input: process.stdin, output: process.stderr };
}
