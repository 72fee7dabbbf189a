/**
 * Writes the icons that the pages use into one module, from lucide-static: no request for a sprite, and no markup in scripts.
 * Run it after a change of the list: npm run icons
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ICONS = [
  ...['search', 'x', 'chevron-down', 'chevron-left', 'chevron-right', 'arrow-left', 'layers', 'circle-alert'],
  ...[
    'loader-circle',
    'play',
    'sliders-horizontal',
    'moon',
    'sun',
    'sun-moon',
    'languages',
    'zoom-in',
    'zoom-out',
  ],
  ...[
    'download',
    'maximize',
    'copy',
    'terminal',
    'shield-check',
    'file-archive',
    'file-braces',
    'trash',
    'plus',
  ],
  ...['refresh-cw', 'cloud-off', 'image-off', 'menu', 'keyboard', 'panel-right', 'external-link', 'undo-2'],
  ...['log-out', 'activity', 'book-open', 'calendar', 'arrow-up', 'star', 'eye-off', 'ellipsis'],
].sort();

const TARGET = join(import.meta.dirname, '../src/web/components/icon-shapes.ts');

type Shape = [string, Record<string, string>];

const nodes: Record<string, Shape[]> = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('lucide-static/icon-nodes.json'), 'utf8'),
);
const missing = ICONS.filter((name) => nodes[name] === undefined);
if (missing.length > 0) throw new Error(`lucide has no ${missing.join(', ')}`);

const lines = ICONS.map((name) => `  '${name}': ${JSON.stringify(nodes[name])},`);
writeFileSync(
  TARGET,
  `/** Shapes of the icons that the pages use, from Lucide (ISC licence). Written by scripts/write-icons.ts. */

type Shape = readonly [element: string, attributes: Readonly<Record<string, string>>];

export const ICON_SHAPES = {
${lines.join('\n')}
} as const satisfies Readonly<Record<string, readonly Shape[]>>;

export type IconName = keyof typeof ICON_SHAPES;
`,
);
