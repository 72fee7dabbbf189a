/** Runs the command line and sets its exit code. */
import { describeReason } from '../lib/errno.ts';
import { EXIT, reportFailure } from './failure.ts';
import { assertHelpTopic, createProgram } from './program.ts';

/** Runs the command of this process; failures are printed and become `process.exitCode`. */
export async function runProgram(): Promise<void> {
  // A reader that closes the pipe early (`| head`) is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(`standard output can't be written (${describeReason(error)})\n`);
    process.exit(EXIT.failed);
  });
  try {
    const program = await createProgram(process.argv[2]);
    assertHelpTopic(program, process.argv.slice(2));
    await program.parseAsync();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
