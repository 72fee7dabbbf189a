/** Whether callers need a token at all: the first token closes the mirror to the others, and `token open` reopens it. */
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { canAsk, confirm } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { print, printNote } from './output.ts';
import { addSettings, readConfig } from './settings.ts';

/** Scripts that create a token want that: without a terminal it is only said. @throws CommandFailed if the answer is no */
export async function confirmClosing(isConfirmed: boolean): Promise<void> {
  printNote(
    'so far this mirror needs no token. With this one it does: callers without it get 401, until `flux-mirror token open`',
  );
  if (isConfirmed || !canAsk() || (await confirm('Close the mirror to callers without a token?'))) return;
  throw new CommandFailed('no token was created');
}

/** `flux-mirror token open`. */
export function createOpenMirrorCommand(): Command {
  const command = new Command('open')
    .summary('let callers in without a token again')
    .description(
      'Drops the token requirement, until the next token is created: everyone who reaches the server can then read everything, and generate with its upstream token. Existing tokens stay as they are. A server on another address than loopback stays closed.',
    )
    .option('-y, --yes', 'do not ask');
  return addSettings(command).action(async (options: { yes?: boolean }) => {
    const config = readConfig(command);
    await runWithStore(config, 'writer', async (store) => {
      if (!(await store.requiresToken())) {
        print('this mirror needs no token as it is');
        return;
      }
      if (!options.yes) await confirmOpening();
      await store.dropTokenRequirement();
      print('callers need no token any more');
    });
    if (config.tokens.length > 0)
      printNote('but FLUX_MIRROR_TOKENS is set: a server with it still requires one');
    else
      printNote('a server with FLUX_MIRROR_TOKENS, or on another address than loopback, still requires one');
  });
}

/** @throws CommandFailed if the answer is no, or nobody can be asked */
async function confirmOpening(): Promise<void> {
  if (!canAsk())
    throw new CommandFailed('this opens the mirror to everyone who reaches it: add --yes', EXIT.usage);
  if (
    await confirm(
      'Let everyone who reaches this mirror read everything, and generate with its upstream token?',
    )
  )
    return;
  throw new CommandFailed('nothing was changed');
}
