/** Questions on the terminal, or to whatever is on standard input. Asked on standard error, because standard output is for results. */
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

export interface Dialog {
  /** Whether a person types: what is piped in does not answer the same question twice. */
  readonly isInteractive: boolean;
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
  // Also when the questions go elsewhere: the terminal itself would show what is typed.
  const isInteractive = input.isTTY === true;
  let isMuted = false;
  const screen = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const typed: string[] = [];
  let isOver = false;
  let onLine: (() => void) | undefined;
  const end = () => {
    isOver = true;
    onLine?.();
  };
  const openLines = () => {
    // Without a history: the next question must not offer a hidden answer.
    const opened = createInterface({ input, output: screen, terminal: isInteractive, historySize: 0 });
    opened.on('line', (line) => {
      typed.push(line);
      onLine?.();
    });
    opened.once('SIGINT', end).once('close', end);
    return opened;
  };
  let lines = openLines();
  const takeLine = async (): Promise<string | undefined> => {
    if (typed.length === 0 && !isOver)
      await new Promise<void>((resolve) => {
        onLine = resolve;
      });
    return typed.shift();
  };
  /** What was deleted of a hidden answer can be typed again by Ctrl-Y: only a new editor has forgotten it. */
  const forgetDeleted = () => {
    lines.off('close', end).close();
    lines = openLines();
  };
  return {
    isInteractive,
    ask: async (question, { isHidden = false } = {}) => {
      // What was piped in may be over while answers are left, and newer runtimes don't prompt then.
      if (isOver) output.write(`${question} `);
      else {
        lines.setPrompt(`${question} `);
        lines.prompt();
      }
      isMuted = isHidden;
      const answer = await takeLine();
      isMuted = false;
      if (isHidden || answer === undefined) output.write('\n');
      if (isHidden && isInteractive && !isOver) forgetDeleted();
      return answer;
    },
    close: () => {
      lines.off('close', end).close();
    },
  };
}

/** Asks whether to go on. Anything but yes is no, also Ctrl-C and the end of the input. */
export async function confirm(question: string, streams: Streams = getStandardStreams()): Promise<boolean> {
  const dialog = openDialog(streams);
  try {
    return await askYesNo(dialog, question);
  } finally {
    dialog.close();
  }
}

/** As `confirm`, in a dialog that goes on. */
export async function askYesNo(dialog: Dialog, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await dialog.ask(`${question} [y/N]`))?.trim() ?? '');
}

function getStandardStreams(): Streams {
  return { input: process.stdin, output: process.stderr };
}
