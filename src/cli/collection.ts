/** `flux-mirror collection`: named, ordered lists of tasks. */
import { Command } from 'commander';
import { createDeleteCommand } from './collection/delete.ts';
import { createCoverCommand, createNoteCommand, createRenameCommand } from './collection/edit.ts';
import { createListCommand } from './collection/list.ts';
import { createNewCommand } from './collection/new.ts';
import { createAddCommand, createMoveCommand, createRemoveCommand } from './collection/place.ts';
import { createShareCommand, createUnshareCommand } from './collection/share.ts';
import { createShowCommand } from './collection/show.ts';

const EXAMPLES = `
Examples:
  flux-mirror collection new 'Best of spring' --note 'for the fair'
  flux-mirror collection add 'best of spring' 2db0168c 5bc8fbbc
  flux-mirror collection add 'best of spring' --query 'rating:5 on:2026-03'
  flux-mirror collection move 'best of spring' 5bc8fbbc --before 2db0168c
  flux-mirror collection share 'best of spring' --no-prompts`;

export function createCollectionCommand(): Command {
  return new Command('collection')
    .summary('collections: list, new, show, add, remove, move, rename, note, cover, delete, share, unshare')
    .description(
      'Named, ordered lists of tasks. A collection is named by its name, in upper or lower case, or by the first 6 or more characters of its id. What is done to a collection changes no task.',
    )
    .addHelpText('after', EXAMPLES)
    .addCommand(createListCommand(), { isDefault: true })
    .addCommand(createNewCommand())
    .addCommand(createShowCommand())
    .addCommand(createAddCommand())
    .addCommand(createRemoveCommand())
    .addCommand(createMoveCommand())
    .addCommand(createRenameCommand())
    .addCommand(createNoteCommand())
    .addCommand(createCoverCommand())
    .addCommand(createDeleteCommand())
    .addCommand(createShareCommand())
    .addCommand(createUnshareCommand());
}
