/** The command line as a whole. */
import { Command } from 'commander';
import { VERSION } from '../lib/version.ts';
import { backfillCommand } from './backfill.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { forgetCommand } from './forget.ts';
import { getCommand } from './get.ts';
import { importCommand } from './import.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { syncCommand } from './sync.ts';
import { tokenCommand } from './token.ts';
import { trackCommand, untrackCommand } from './track.ts';

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
    serveCommand(),
    demoCommand(),
    trackCommand(),
    untrackCommand(),
    forgetCommand(),
    syncCommand(),
    backfillCommand(),
    getCommand(),
    searchCommand(),
    importCommand(),
    exportCommand(),
    statusCommand(),
    tokenCommand(),
    backupCommand(),
    restoreCommand(),
    doctorCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of withSubcommands(program)) {
    command.exitOverride().showSuggestionAfterError(true).showHelpAfterError('(--help shows what there is)');
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
