/** The command line as a whole. */
import { Command } from 'commander';
import { VERSION } from '../lib/version.ts';
import { createBackfillCommand } from './backfill.ts';
import { createBackupCommand, createRestoreCommand } from './backup.ts';
import { createDemoCommand } from './demo.ts';
import { createDoctorCommand } from './doctor.ts';
import { createExportCommand } from './export.ts';
import { createForgetCommand } from './forget.ts';
import { createGetCommand } from './get.ts';
import { createImportCommand } from './import.ts';
import { createSearchCommand } from './search.ts';
import { createServeCommand } from './serve.ts';
import { createStatusCommand } from './status.ts';
import { createSyncCommand } from './sync.ts';
import { createTokenCommand } from './token.ts';
import { createTrackCommand, createUntrackCommand } from './track.ts';

const EXAMPLES = `
Examples:
  flux-mirror demo                                 try it, nothing to configure
  flux-mirror serve                                the server and the schedule
  flux-mirror track 2db0168c-2373-4367-8d9a-9dc778802e8a
  flux-mirror search siamese cat --from 2025-01

Settings come from flags, the environment, or a .env file; \`flux-mirror serve --help\` lists them.`;

/** Every command. Mistakes are thrown as CommanderError, after their message was printed. */
export function createProgram(): Command {
  const program = new Command('flux-mirror')
    .description(
      'A local mirror of the Ace Data Cloud Flux Tasks API: drop-in endpoint, schedule and prompt search.',
    )
    .version(VERSION)
    .addHelpText('after', EXAMPLES);
  for (const command of [
    createServeCommand(),
    createDemoCommand(),
    createTrackCommand(),
    createUntrackCommand(),
    createForgetCommand(),
    createSyncCommand(),
    createBackfillCommand(),
    createGetCommand(),
    createSearchCommand(),
    createImportCommand(),
    createExportCommand(),
    createStatusCommand(),
    createTokenCommand(),
    createBackupCommand(),
    createRestoreCommand(),
    createDoctorCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of listCommands(program)) {
    command.exitOverride().showSuggestionAfterError(true).showHelpAfterError('(--help shows what there is)');
  }
  return program;
}

function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}
