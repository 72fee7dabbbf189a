/** `flux-mirror init`: asks for what a new mirror needs, and writes it into a `.env` file. */
import { parseEnv } from 'node:util';
import { Command } from 'commander';
import { changeVariables } from '../config/env-file-text.ts';
import { SETTINGS } from '../config/setting-table.ts';
import { askYesNo, type Dialog, openDialog } from './dialog.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { askAll } from './init-questions.ts';
import { printNote } from './output.ts';
import { locateSettings } from './settings.ts';
import { findEarlierFile, findSettingsFile, readSettingsFile, writePrivately } from './settings-file.ts';

type Values = ReadonlyMap<string, string | undefined>;

export function createInitCommand(): Command {
  return new Command('init')
    .summary('ask three questions, and write a .env file')
    .description(
      'Asks for the token of the upstream, which is not shown, for the data directory and for the port, and writes them into a .env file that only its owner can read. Enter keeps what is offered; what else the file says stays. Answers may also come on standard input, one a line.',
    )
    .option(
      '--file <file>',
      "the file to write (default: .env here; if installed: in the user's configuration directory)",
    )
    .action(async ({ file }: { file?: string }) => {
      const dialog = openDialog();
      try {
        await initialize(dialog, findSettingsFile(file));
      } finally {
        dialog.close();
      }
    });
}

async function initialize(dialog: Dialog, path: string): Promise<void> {
  const before = readSettingsFile(path);
  const current = parseEnv(before);
  const values = await askAll(dialog, current, path);
  if (values === undefined) throw new CommandFailed('stopped; nothing was written');
  await confirmUpstream(dialog, path, current, values);
  const after = changeVariables(before, values);
  if (after === undefined)
    throw new CommandFailed(`${path} can't be changed by a program; nothing was written. Edit it, please`);
  if (readSettingsFile(path) !== before)
    throw new CommandFailed(`${path} has changed meanwhile; nothing was written`);
  await writePrivately(path, after);
  describeResult(path, values);
}

/** Who wrote the file may not be who has the token (see `findForeignUpstream`). */
async function confirmUpstream(
  dialog: Dialog,
  path: string,
  current: Readonly<Record<string, string | undefined>>,
  values: Values,
): Promise<void> {
  const { upstreamUrl, upstreamToken } = SETTINGS;
  const url = current[upstreamUrl.env];
  if (!url || url === upstreamUrl.default || values.get(upstreamToken.env) === undefined) return;
  const warning = `${path} sets ${upstreamUrl.env}: the token will be sent to ${JSON.stringify(url)}`;
  if (!dialog.isInteractive)
    throw new CommandFailed(
      `${warning}; nothing was written. If that is right, write it by hand`,
      EXIT.usage,
    );
  if (!(await askYesNo(dialog, `${warning}. Is that right?`))) throw new CommandFailed('nothing was written');
}

function describeResult(path: string, values: Values): void {
  printNote(`${path} was written; only you can read it`);
  const locations = locateSettings(undefined);
  if (!locations.envFiles.some((file) => file.path === path)) {
    printNote('no command reads this file by itself: hand it to what starts flux-mirror');
    return;
  }
  for (const name of values.keys()) {
    const other = process.env[name] ? 'the environment' : findEarlierFile(path, name, locations);
    if (other !== undefined) printNote(`${name} is also set in ${other}, which counts before this file`);
  }
  printNote('next: `flux-mirror doctor` checks it, `flux-mirror serve` starts the mirror');
}
