import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { showFigure } from '../../helpers/figure.ts';
import { tries } from '../../helpers/thorough.ts';

const SEARCHES = Number(process.env.GC_SEARCHES ?? tries(300, 10_000));

test('statements, databases and searches survive garbage collection', (context) => {
  const script = join(import.meta.dirname, 'under-gc.ts');
  const args = ['--expose-gc', '--import', 'tsx', script, String(SEARCHES)];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, signal], stderr).toEqual([0, null]);
  expect(stdout).toContain(`10000 statements, ${SEARCHES} searches`);
  showFigure(context, `no crash in ${stdout.trim()}`);
}, 600_000);
