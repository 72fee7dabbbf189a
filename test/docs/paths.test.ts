/** Documents for maintainers name files that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Every path in a document that looks like one of this repository, without the anchors of links. */
function listPaths(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const matches = text.matchAll(/(?<![\w./-])(?:src|store|test|scripts|docs|migrations)\/[\w./-]*[\w-]/g);
  return [...new Set([...matches].map(([path]) => path.replace(/^store\//, 'src/store/')))];
}

test.each(['docs/architecture.md', 'docs/states.md', 'docs/glossary.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
  '%s names only files and folders that exist',
  (document) => {
    expect(listPaths(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  },
);

test('docs/architecture.md names the files that implement the promises', () => {
  expect(listPaths('docs/architecture.md').length).toBeGreaterThan(30);
});

test('every folder of src is drawn in docs/architecture.md', () => {
  const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  // Open to all, and so without arrows.
  const drawn = folders.map(({ name }) => name).filter((name) => !['lib', 'config'].includes(name));
  expect(drawn.filter((name) => !text.includes(`src/${name}`))).toEqual([]);
});
