/** Files that `flux-mirror export` writes beside that of the documents: of marks, of collections. */
import { resolveOutputTarget } from '../files/output-target.ts';
import { writeOut } from '../files/write-out.ts';
import { cleanLines } from '../lib/clean-text.ts';
import { CommandFailed, EXIT } from './failure.ts';

export interface SideFile {
  readonly name: string;
  /** Written even if there is nothing for it. */
  readonly isRequired: boolean;
}

export type SideFileKind = 'marks' | 'collections';

/**
 * The file that is named, else the one beside the documents.
 * @param file of the documents; undefined or `-`: standard output
 * @param named by --marks; false: --no-marks
 * @param taken another file of this export
 * @returns undefined if none is to be written, or the documents go where no file can stand beside them
 * @throws CommandFailed if it is that of the documents, or the other one
 */
export async function findSideFile(
  kind: SideFileKind,
  file: string | undefined,
  named: string | false | undefined,
  taken?: SideFile,
): Promise<SideFile | undefined> {
  if (named === false) return undefined;
  const documents = await findPath(file);
  if (named !== undefined) {
    const path = await findPath(named);
    if (path !== undefined && path === documents)
      throw new CommandFailed(`--${kind} names the file of the documents; name another one`, EXIT.usage);
    if (path !== undefined && path === (await findPath(taken?.name)))
      throw new CommandFailed(`--${kind} names a file that is written already; name another one`, EXIT.usage);
    return { name: named, isRequired: true };
  }
  if (file === undefined || documents === undefined) return undefined;
  const name = nameSideFile(kind, file);
  const target = await resolveOutputTarget(name);
  // A file of an earlier export would be read with these documents.
  return { name, isRequired: target.kind === 'file' && target.mode !== undefined };
}

async function findPath(file: string | undefined): Promise<string | undefined> {
  if (file === undefined || file === '-') return undefined;
  const target = await resolveOutputTarget(file);
  return target.kind === 'file' ? target.path : undefined;
}

/** `tasks.marks.jsonl.gz` for `tasks.jsonl.gz`. By its end, import reads it from a folder. */
function nameSideFile(kind: SideFileKind, file: string): string {
  const [, base = file, extension = '.jsonl', gzip = ''] =
    /^(.*?)(\.(?:jsonl|ndjson|json))?(\.gz)?$/is.exec(file) ?? [];
  return `${base}.${kind}${extension}${gzip}`;
}

/** @returns how many lines were written; undefined if the file was not written */
export async function writeSideFile<Entry>(
  pages: AsyncGenerator<Entry[]>,
  { name, isRequired }: SideFile,
  formatLine: (entry: Entry) => string,
): Promise<number | undefined> {
  const first = await pages.next();
  if (first.done && !isRequired) return undefined;
  const prepare = name === '-' && process.stdout.isTTY ? cleanLines : (text: string) => text;
  let count = 0;
  async function* generateChunks() {
    for (let page = first; !page.done; page = await pages.next()) {
      count += page.value.length;
      yield prepare(page.value.map(formatLine).join(''));
    }
  }
  await writeOut(name, generateChunks());
  return count;
}
