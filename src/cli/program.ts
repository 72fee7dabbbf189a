/** The `flux-mirror` program and its commands. */
import { Command } from 'commander';
import { cleanLines } from '../lib/clean-text.ts';
import { VERSION } from '../lib/version.ts';
import { adaptCommands, readLaunch } from './launch.ts';

const EXAMPLES = `
Examples:
  flux-mirror demo                                 try it, nothing to configure
  flux-mirror init                                 asks for the token, writes .env
  flux-mirror serve                                the server and the schedule
  flux-mirror track 2db0168c-2373-4367-8d9a-9dc778802e8a
  flux-mirror search siamese cat --from 2025-01

Settings come from flags, the environment, or a .env file; \`flux-mirror serve --help\` lists them.`;

/** In the order of the help. Loaded on demand: loading all takes a fifth of a short command's time. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./serve.ts')).createServeCommand()],
  ['init', async () => (await import('./init.ts')).createInitCommand()],
  ['demo', async () => (await import('./demo.ts')).createDemoCommand()],
  ['track', async () => (await import('./track.ts')).createTrackCommand()],
  ['untrack', async () => (await import('./track.ts')).createUntrackCommand()],
  ['forget', async () => (await import('./forget.ts')).createForgetCommand()],
  ['sync', async () => (await import('./sync.ts')).createSyncCommand()],
  ['backfill', async () => (await import('./backfill.ts')).createBackfillCommand()],
  ['get', async () => (await import('./get.ts')).createGetCommand()],
  ['search', async () => (await import('./search.ts')).createSearchCommand()],
  ['open', async () => (await import('./open.ts')).createOpenCommand()],
  ['star', async () => (await import('./star.ts')).createStarCommand()],
  ['rate', async () => (await import('./rate.ts')).createRateCommand()],
  ['tag', async () => (await import('./tag.ts')).createTagCommand()],
  ['note', async () => (await import('./note.ts')).createNoteCommand()],
  ['hide', async () => (await import('./hide.ts')).createHideCommand()],
  ['saved', async () => (await import('./saved.ts')).createSavedCommand()],
  ['webhook', async () => (await import('./webhook.ts')).createWebhookCommand()],
  ['collection', async () => (await import('./collection.ts')).createCollectionCommand()],
  ['import', async () => (await import('./import.ts')).createImportCommand()],
  ['export', async () => (await import('./export.ts')).createExportCommand()],
  ['status', async () => (await import('./status.ts')).createStatusCommand()],
  ['token', async () => (await import('./token.ts')).createTokenCommand()],
  ['images', async () => (await import('./images.ts')).createImagesCommand()],
  ['backup', async () => (await import('./backup.ts')).createBackupCommand()],
  ['restore', async () => (await import('./backup.ts')).createRestoreCommand()],
  ['mcp', async () => (await import('./mcp.ts')).createMcpCommand()],
  ['completion', async () => (await import('./completion.ts')).createCompletionCommand()],
  ['verify', async () => (await import('./verify.ts')).createVerifyCommand()],
  ['doctor', async () => (await import('./doctor.ts')).createDoctorCommand()],
]);

/**
 * Creates the program with the command that is called. If `name` is not a command, all are added, for the help and for
 * suggestions. Usage errors are thrown as CommanderError, after their message was printed.
 * @param name the first argument
 */
export async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command('flux-mirror')
    .description(
      'A local mirror of the Ace Data Cloud Flux Tasks API: drop-in endpoint, schedule and prompt search.',
    )
    .version(VERSION)
    .addHelpText('after', adaptCommands(EXAMPLES, readLaunch()));
  const called = COMMANDS.get(name ?? '');
  for (const createCommand of called === undefined ? COMMANDS.values() : [called]) {
    program.addCommand(await createCommand());
  }
  for (const command of listCommands(program)) {
    command.configureOutput({ writeErr: (text) => process.stderr.write(cleanLines(text)) });
    command.exitOverride().showSuggestionAfterError(true).showHelpAfterError('(see --help)');
  }
  return program;
}

/**
 * Checks what comes after `help`: commander shows the help of the program for anything that is no command.
 * @throws CommanderError, after its message was printed
 */
export function assertHelpTopic(program: Command, args: readonly string[]): void {
  let command = program;
  let isTopic = false;
  for (const arg of args) {
    const found = command.commands.find((candidate) => candidate.name() === arg);
    if (arg === 'help') isTopic = true;
    else if (found) command = found;
    else if (!isTopic || arg.startsWith('-')) return;
    else command.error(`error: unknown command '${arg}'`, { code: 'commander.unknownCommand', exitCode: 2 });
  }
}

function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}
