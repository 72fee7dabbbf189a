import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const FOLDER = join(import.meta.dirname, '../../docs/monitoring');
const RULES = join(FOLDER, 'alerts.yml');
const TESTS = ['alerts.test.yml', 'alerts-days.test.yml'].map((name) => join(import.meta.dirname, name));

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const { panels } = JSON.parse(readFileSync(join(FOLDER, 'grafana-dashboard.json'), 'utf8')) as {
  panels: Panel[];
};
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

function runPromtool(...args: string[]): string {
  return execFileSync('promtool', args, { encoding: 'utf8' });
}

/** Routes as metrics name them. */
async function listRoutes(): Promise<string[]> {
  const here = await startTestMirror();
  const { paths } = (await (await here.get('/openapi.json')).json()) as { paths: Record<string, unknown> };
  return Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
}

describe('alert rules', () => {
  test('each fires on what it is for, and is silent on what it is not for', (context) => {
    requireOnMachine(context, 'promtool');
    expect(runPromtool('test', 'rules', ...TESTS)).toContain('SUCCESS');
    const names = [...readFileSync(RULES, 'utf8').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    const tests = TESTS.map((file) => readFileSync(file, 'utf8')).join('');
    for (const name of names) {
      expect(tests).toContain(`name: ${name} fires`);
      expect(tests).toContain(`name: ${name} is silent`);
    }
  });

  test('the configuration of compose.yaml is valid', (context) => {
    requireOnMachine(context, 'promtool');
    expect(runPromtool('check', 'config', '--syntax-only', join(FOLDER, 'prometheus.yml'))).toContain(
      'SUCCESS',
    );
  });
});

describe('the dashboard', () => {
  test('has a part for each of search, gallery, archive and upstream', () => {
    const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual(expect.arrayContaining(['Search', 'Gallery', 'Archive', 'Upstream']));
  });

  test('every expression is PromQL', (context) => {
    requireOnMachine(context, 'promtool');
    expect(expressions.length).toBeGreaterThan(30);
    const rules = expressions.map((expr, at) => ({
      record: `panel:${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*'),
    }));
    const file = join(temporaryDirectory(), 'rules.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] })); // JSON is YAML
    expect(runPromtool('check', 'rules', file)).toContain(`SUCCESS: ${expressions.length} rules found`);
  });

  test('every selection of routes matches one that there is', async () => {
    const routes = await listRoutes();
    const selections = [...expressions.join('\n').matchAll(/route(=~|=)"([^"]+)"/g)];
    expect(selections.length).toBeGreaterThan(10);
    for (const [, operator, value = ''] of selections) {
      const matches = (route: string) =>
        operator === '=' ? route === value : new RegExp(`^(?:${value})$`).test(route);
      expect(routes.filter(matches), value).not.toEqual([]);
    }
  });

  test('no panel covers another', () => {
    const overlaps = panels.flatMap(({ gridPos: a }, at) =>
      panels
        .slice(at + 1)
        .filter(({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h),
    );
    expect(overlaps).toEqual([]);
  });
});
