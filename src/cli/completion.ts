/** `flux-mirror completion`: completion of commands, options, models and ids in a shell. */
import { Command, Option } from 'commander';
import { cleanField } from '../lib/clean-text.ts';
import { SCRIPTS, SHELLS } from './completion/scripts.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { addSettings, readConfig } from './settings.ts';

const HELP = `
To use it in every new shell:
  bash   add to ~/.bashrc:              source <(flux-mirror completion bash)
  zsh    add to ~/.zshrc, after compinit: source <(flux-mirror completion zsh)
  fish   once: flux-mirror completion fish > ~/.config/fish/completions/flux-mirror.fish`;

export function createCompletionCommand(): Command {
  const command = new Command('completion')
    .summary('completion for bash, zsh and fish')
    .description(
      'Prints a script that lets a shell complete commands, options, models and the ids of stored tasks.',
    )
    .argument('[shell...]', 'bash, zsh or fish')
    .addOption(new Option('--words', 'print what may come next').hideHelp())
    .addHelpText('after', HELP);
  return addSettings(command).action(async (words: string[], options: { words?: boolean }) => {
    if (options.words) return printCandidates(words, command);
    const shell = SHELLS.find((name) => name === words[0]);
    if (shell === undefined || words.length > 1) {
      const named = words.length === 0 ? '' : `${words.join(' ')} is not one shell; `;
      throw new CommandFailed(`${named}which shell: ${SHELLS.join(', ')}?`, EXIT.usage);
    }
    process.stdout.write(SCRIPTS[shell]);
  });
}

async function printCandidates(words: readonly string[], command: Command): Promise<void> {
  const { completeWords } = await import('./completion/complete-words.ts');
  const { createHistory } = await import('./completion/read-history.ts');
  const { createProgram } = await import('./program.ts');
  const named = words[words.indexOf('--data-dir') + 1];
  const { dataDir, databaseUrl } = readConfig(command);
  const location = { dataDir: words.includes('--data-dir') && named ? named : dataDir, databaseUrl };
  const candidates = await completeWords(words, { createProgram, history: createHistory(location) });
  for (const { value, description } of candidates)
    process.stdout.write(`${value}\t${cleanField(description)}\n`);
}
