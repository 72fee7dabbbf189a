/** Bundles what the browser loads: scripts and styles, under names with a hash of their content. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Metafile, type Plugin, stop } from 'esbuild';
import type { AssetFile } from './assets.ts';
import { createRatioClasses } from './layout/ratio-classes.ts';
import { LANGUAGES, type Language } from './view/i18n/dictionary.ts';

/** The pages that have a script of their own. */
export const SCRIPTED_PAGES = [
  'wall',
  'status',
  'docs',
  'collections',
  'prompts',
  'saved',
  'sign-in',
] as const;
export type ScriptedPage = (typeof SCRIPTED_PAGES)[number];

export interface PageScript {
  readonly name: string;
  /** The files that it imports: named in the page, they are not only asked for when it has been read. */
  readonly imports: readonly string[];
}

/** The names of the files that pages refer to. */
export interface Entries {
  /** The texts of each language, which its pages load besides. */
  readonly dictionaries: Readonly<Record<Language, string>>;
  /** The texts about collections, which their page loads too. */
  readonly collectionTexts: Readonly<Record<Language, string>>;
  /** The texts about saved searches, which their page loads too. */
  readonly savedTexts: Readonly<Record<Language, string>>;
  readonly scripts: Readonly<Record<ScriptedPage, PageScript>>;
  readonly styles: string;
  /** What the pages of prompts load besides. */
  readonly promptStyles: string;
  /** Of the page that a public link shows. */
  readonly sharedStyles: string;
  /** Of the page of collections, besides. */
  readonly collectionStyles: string;
  /** Of the page of saved searches, besides. */
  readonly savedStyles: string;
  readonly icon: string;
}

export interface Bundle {
  readonly files: readonly AssetFile[];
  readonly entries: Entries;
}

const MIN_COMPRESSED_BYTES = 512;
const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);
const CLIENT = join(import.meta.dirname, 'client');

/** @param quality of the compression, 0 to 11 */
export async function bundleAssets(quality: number): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: {
      ...Object.fromEntries(SCRIPTED_PAGES.map((page) => [page, join(CLIENT, `${page}-page.tsx`)])),
      styles: join(CLIENT, 'styles/styles.css'),
      'prompt-styles': join(CLIENT, 'styles/prompts.css'),
      shared: join(CLIENT, 'styles/shared.css'),
      'collection-styles': join(CLIENT, 'styles/collections.css'),
      'saved-styles': join(CLIENT, 'styles/saved.css'),
    },
    outdir: '/assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    charset: 'utf8',
    write: false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [ratioClasses],
  });
  // Otherwise its process stays as long as ours.
  await stop();
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), content: contents }));
  const icon = await readIcon();
  return {
    files: await Promise.all([...files, icon].map((file) => compress(file, quality))),
    entries: {
      dictionaries: findTexts(metafile, 'i18n'),
      collectionTexts: findTexts(metafile, 'i18n/collections'),
      savedTexts: findTexts(metafile, 'i18n/saved'),
      // Every page is there.
      scripts: Object.fromEntries(
        SCRIPTED_PAGES.map((page) => [page, describeScript(metafile, page)]),
      ) as Entries['scripts'],
      styles: findName(files, /^styles-\w+\.css$/),
      promptStyles: findName(files, /^prompt-styles-\w+\.css$/),
      sharedStyles: findName(files, /^shared-\w+\.css$/),
      collectionStyles: findName(files, /^collection-styles-\w+\.css$/),
      savedStyles: findName(files, /^saved-styles-\w+\.css$/),
      icon: icon.name,
    },
  };
}

/** The file of each language. @param folder where they are in the sources */
function findTexts(metafile: Metafile, folder: string): Readonly<Record<Language, string>> {
  const names = LANGUAGES.map((language) => [
    language,
    basename(findOutput(metafile, `/${folder}/${language}.ts`)),
  ]);
  return Object.fromEntries(names) as Readonly<Record<Language, string>>; // every language is there
}

/** The script of a page, and the chunks that it imports, directly or through others. */
function describeScript(metafile: Metafile, page: ScriptedPage): PageScript {
  const found = new Set([findOutput(metafile, `/${page}-page.tsx`)]);
  for (const path of found)
    for (const chunk of metafile.outputs[path]?.imports ?? [])
      if (chunk.kind === 'import-statement') found.add(chunk.path);
  const [name = '', ...imports] = Array.from(found, (path) => basename(path));
  return { name, imports };
}

/** @param source how the path of the file ends that an output begins with */
function findOutput({ outputs }: Metafile, source: string): string {
  const found = Object.keys(outputs).find((path) => outputs[path]?.entryPoint?.endsWith(source));
  if (found === undefined) throw new Error(`the bundle has no script of ${source}`);
  return found;
}

/** `@import 'ratio-classes'` in the styles. */
const ratioClasses: Plugin = {
  name: 'ratio-classes',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^ratio-classes$/ }, ({ path }) => ({ path, namespace: 'ratio-classes' }));
    onLoad({ filter: /.*/, namespace: 'ratio-classes' }, () => ({
      contents: createRatioClasses(),
      loader: 'css',
    }));
  },
};

async function readIcon(): Promise<Pick<AssetFile, 'name' | 'content'>> {
  const content = await readFile(join(CLIENT, 'icon.svg'));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  return { name: `icon-${hash}.svg`, content };
}

function findName(files: readonly { readonly name: string }[], pattern: RegExp): string {
  const file = files.find(({ name }) => pattern.test(name));
  if (!file) throw new Error(`the bundle has no file ${pattern}`);
  return file.name;
}

async function compress(file: Pick<AssetFile, 'name' | 'content'>, quality: number): Promise<AssetFile> {
  if (file.content.length < MIN_COMPRESSED_BYTES) return file;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  const [br, gz] = await Promise.all([compressBrotli(file.content, { params }), compressGzip(file.content)]);
  return { ...file, br, gz };
}
