/** Runs the command line, and ends with its exit code. */
import { EXIT, reportFailure } from './failure.ts';
import { createProgram } from './program.ts';

/** Runs the command of this process; failures are printed and become `process.exitCode`. */
export async function runProgram(): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(`standard output can't be written (${error.code ?? error.message})\n`);
    process.exit(EXIT.failed);
  });
  try {
    const program = await createProgram(process.argv[2]);
    await program.parseAsync();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
