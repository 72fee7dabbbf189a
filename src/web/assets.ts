/** The files of the pages: bundled into memory from sources, or as the build has left them. */
import { readdir, readFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../lib/package-root.ts';
import type { Bundle, Entries } from './bundle.ts';

export interface AssetFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** Compressed; undefined for a file that is too small. */
  readonly br?: Uint8Array;
  readonly gz?: Uint8Array;
}

export interface Assets {
  readonly files: ReadonlyMap<string, AssetFile>;
  readonly entries: Entries;
}

/** Where the build puts them. */
export const ASSETS_FOLDER = new URL('dist/web/assets/', PACKAGE_ROOT);
export const MANIFEST = 'manifest.json';
const COMPRESSED = /\.(?:br|gz)$/;
/** From sources, a page should be there soon. */
const QUALITY_FROM_SOURCES = 4;

let loading: Promise<Assets> | undefined;

/** Loaded once, with the first page. */
export function loadAssets(): Promise<Assets> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Assets> {
  const isSource = import.meta.url.endsWith('.ts');
  const { files, entries } = isSource ? await bundleSources() : await readBuilt();
  return { files: new Map(files.map((file) => [file.name, file])), entries };
}

async function bundleSources(): Promise<Bundle> {
  // A computed address: the bundler of our own build must not follow it.
  const address = new URL('./bundle.ts', import.meta.url).href;
  const { bundleAssets } = (await import(/* @vite-ignore */ address)) as typeof import('./bundle.ts');
  return bundleAssets(QUALITY_FROM_SOURCES);
}

async function readBuilt(): Promise<Bundle> {
  const all = await readdir(ASSETS_FOLDER);
  const read = (name: string) => readFile(new URL(name, ASSETS_FOLDER));
  const names = all.filter((name) => name !== MANIFEST && !COMPRESSED.test(name));
  const files = await Promise.all(
    names.map(async (name): Promise<AssetFile> => {
      const file = { name, content: await read(name) };
      if (!all.includes(`${name}.br`)) return file;
      return { ...file, br: await read(`${name}.br`), gz: await read(`${name}.gz`) };
    }),
  );
  // Written by the build of the same version.
  const entries = JSON.parse(String(await read(MANIFEST))) as Entries;
  return { files, entries };
}
