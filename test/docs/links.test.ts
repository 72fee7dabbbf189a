/** Links between documents resolve, in the repository and in the published package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
const PACKED = [...files, 'README.md', 'LICENSE', 'package.json'];

function isPacked(path: string): boolean {
  return PACKED.some((packed) => path === packed || path.startsWith(`${packed}/`));
}

/** Targets of the links of a document that stay in the repository, relative to its root, with their anchors. */
function listLinks(document: string): { path: string; anchor: string | undefined }[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { path: path === '' ? document : relative(ROOT, join(ROOT, dirname(document), path)), anchor };
    });
}

/** The anchors of a document, as GitHub makes them of its headings. */
function listAnchors(document: string): string[] {
  const headings = readFileSync(join(ROOT, document), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(DOCUMENTS)('the links of %s lead to files and headings that exist', (document) => {
  const dead = listLinks(document).filter(
    ({ path, anchor }) =>
      !existsSync(join(ROOT, path)) || (anchor !== undefined && !listAnchors(path).includes(anchor)),
  );
  expect(dead).toEqual([]);
});

test('the links of published documents lead to published files', () => {
  const published = DOCUMENTS.filter(isPacked);
  expect(published).toContain('README.md');
  expect(published.flatMap(listLinks).length).toBeGreaterThan(20);
  expect(published.flatMap(listLinks).filter(({ path }) => !isPacked(path))).toEqual([]);
});
