#!/usr/bin/env node
/** Where the program begins. */
import { EXIT, reportFailure } from './failure.ts';
import { createProgram } from './program.ts';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`standard output can't be written (${error.code ?? error.message})\n`);
  process.exit(EXIT.failed);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
