/** The imports of our sources, and the rules of layers that they must keep. Pure, but for reading the files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface SourceFile {
  /** Below `src`, with slashes: `sync/run.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** The file that imports. */
  readonly from: string;
  /** A file below `src`, or the name of a package. */
  readonly to: string;
  readonly isOurs: boolean;
  /** `type` is gone when it runs; `lazy` is loaded when it is needed. */
  readonly kind: 'static' | 'type' | 'lazy';
}

/** A layer, and the layers that it may import. A file's layer is the longest of these names that its path begins with. */
export type LayerTable = Readonly<Record<string, readonly string[]>>;

export interface Exception {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const SRC = join(import.meta.dirname, '../../src');

export function readSources(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ path: name.replaceAll('\\', '/'), text: readFileSync(join(SRC, name), 'utf8') }));
}

const STATIC = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm;
const LAZY = /\bimport\(\s*'([^']+)'\s*\)/g;

export function importsOf({ path, text }: SourceFile): Import[] {
  const found = (target: string, kind: Import['kind']): Import => {
    const isOurs = target.startsWith('.');
    return { from: path, to: isOurs ? posix.join(posix.dirname(path), target) : target, isOurs, kind };
  };
  return [
    ...[...text.matchAll(STATIC)].map(([, type, target = '']) => found(target, type ? 'type' : 'static')),
    ...[...text.matchAll(LAZY)].map(([, target = '']) => found(target, 'lazy')),
  ];
}

/** What breaks the table, and exceptions that nothing needs any more; one line each. */
export function findViolations(
  files: readonly SourceFile[],
  layers: LayerTable,
  exceptions: readonly Exception[] = [],
): string[] {
  const wrong = files.flatMap((file) =>
    importsOf(file).filter(({ from, to, isOurs }) => isOurs && !isAllowed(from, to, layers)),
  );
  const isSame = (edge: Import, { from, to }: Exception) => edge.from === from && edge.to === to;
  return [
    ...wrong
      .filter((edge) => !exceptions.some((exception) => isSame(edge, exception)))
      .map(({ from, to }) => `${from} must not import ${to}`),
    ...exceptions
      .filter((exception) => !wrong.some((edge) => isSame(edge, exception)))
      .map(({ from, to }) => `the exception for ${from} -> ${to} is not needed any more: remove it`),
  ];
}

function isAllowed(from: string, to: string, layers: LayerTable): boolean {
  const [importing, imported] = [layerOf(from, layers), layerOf(to, layers)];
  if (importing === undefined || imported === undefined) return false;
  return importing === imported || (layers[importing]?.includes(imported) ?? false);
}

/** Undefined: of no layer. */
export function layerOf(path: string, layers: LayerTable): string | undefined {
  return Object.keys(layers)
    .filter((layer) => path === `${layer}.ts` || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Layers that reach themselves by what they may import: then "downwards" has no meaning. */
export function findCycles(layers: LayerTable): string[] {
  const reaches = (start: string): Set<string> => {
    const seen = new Set<string>();
    const visit = (layer: string): void => {
      for (const next of layers[layer] ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        visit(next);
      }
    };
    visit(start);
    return seen;
  };
  return Object.keys(layers).filter((layer) => reaches(layer).has(layer));
}

/** Every file that is loaded together with one. */
export function loadedWith(path: string, files: readonly SourceFile[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const file = byPath.get(name);
    if (!file || seen.has(name)) return;
    seen.add(name);
    for (const { to, kind } of importsOf(file)) if (kind === 'static') visit(to);
  };
  visit(path);
  return seen;
}
