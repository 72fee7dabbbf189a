/** Which layer may import which. A new edge is either wrong, or belongs into this table, where a reviewer sees it. */
import { describe, expect, test } from 'vitest';
import {
  type Exception,
  findCycles,
  findViolations,
  importsOf,
  type LayerTable,
  layerOf,
  loadedWith,
  readSources,
} from './helpers/imports.ts';

/** From the top down. What stands side by side does not import each other. */
const LAYERS: LayerTable = {
  // The demo alone has the simulator.
  'cli/run-demo': ['cli', 'app/demo', 'simulator', 'service'],
  'app/demo': ['app', 'simulator', 'outbound', 'task', 'config', 'lib'],
  cli: [
    ...[
      'cli/run-demo',
      'app',
      'mcp',
      'views',
      'sync',
      'backup',
      'doctor',
      'verify',
      'files',
      'archive',
      'upstream',
    ],
    ...['store/contract', 'search', 'service', 'task', 'config', 'lib'],
  ],
  app: [
    ...[
      'server',
      'mcp',
      'views',
      'sync',
      'generation',
      'webhooks',
      'delivery',
      'backup',
      'verify',
      'mirror',
      'archive',
      'object-store',
      'upstream',
      'outbound',
    ],
    ...['store/sqlite', 'store/postgres', 'store/contract', 'search', 'service', 'task', 'config', 'lib'],
  ],
  server: [
    ...[
      'web',
      'mcp',
      'views',
      'sync',
      'generation',
      'delivery',
      'backup',
      'files',
      'mirror',
      'archive',
      'object-store',
      'upstream',
    ],
    ...['store/contract', 'search', 'service', 'task', 'config', 'lib'],
  ],
  'web/client': ['web', 'task'],
  // Pure layout and views, components and pages: data in, HTML out.
  web: ['views', 'task', 'lib'],
  mcp: ['views', 'lib'],
  views: ['backup', 'upstream', 'store/contract', 'search', 'service', 'task', 'config', 'lib'],
  generation: ['delivery', 'mirror', 'upstream', 'outbound', 'store/contract', 'service', 'task', 'lib'],
  webhooks: ['delivery', 'store/contract', 'task', 'lib'],
  delivery: ['outbound', 'store/contract', 'task', 'lib'],
  sync: ['upstream', 'store/contract', 'service', 'task', 'lib'],
  doctor: ['archive', 'upstream', 'store/contract', 'task', 'config', 'lib'],
  verify: ['archive', 'upstream', 'outbound', 'store/contract', 'task', 'lib'],
  mirror: ['archive', 'upstream', 'store/contract', 'service', 'task', 'lib'],
  backup: ['archive', 'store/contract', 'lib'],
  files: ['store/contract', 'service', 'task', 'lib'],
  archive: ['object-store', 'outbound', 'store/contract', 'service', 'task', 'lib'],
  'object-store': ['outbound', 'config', 'lib'],
  upstream: ['outbound', 'store/contract', 'service', 'task', 'lib'],
  'store/sqlite': ['store/rules', 'store/contract', 'search', 'service', 'task', 'lib'],
  'store/postgres': ['store/rules', 'store/contract', 'search', 'service', 'task', 'lib'],
  'store/rules': ['store/contract', 'search', 'task', 'lib'],
  'store/contract': ['search', 'task', 'lib'],
  simulator: ['service', 'lib'],
  outbound: ['lib'],
  search: ['task', 'lib'],
  config: ['lib'],
  task: ['service', 'lib'],
  service: ['lib'],
  lib: [],
};

/** Edges that are wrong and go soon. */
const KNOWN_EXCEPTIONS: readonly Exception[] = [];

/** Packages that few layers have to themselves. */
const OWN_PACKAGES = {
  'better-sqlite3': ['store/sqlite'],
  pg: ['store/postgres'],
  'drizzle-orm': ['store/sqlite', 'store/postgres'],
  commander: ['cli'],
  aws4fetch: ['object-store'],
  '@modelcontextprotocol/server': ['mcp'],
};

const sources = readSources();

describe('the layers', () => {
  test('are respected by every import', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(findViolations(sources, LAYERS, KNOWN_EXCEPTIONS)).toEqual([]);
  });

  test('are free of cycles', () => {
    // The demo is a command that has more than the others.
    const { 'cli/run-demo': _, ...layers } = LAYERS;
    expect(findCycles(layers)).toEqual([]);
    expect(findCycles({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c']);
  });

  test.each(Object.entries(OWN_PACKAGES))('%s is only imported by %s', (name, owners) => {
    const users = sources.flatMap(importsOf).filter(({ to }) => to === name || to.startsWith(`${name}/`));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ from }) => !owners.includes(layerOf(from, LAYERS) ?? ''))).toEqual([]);
  });

  test('only the engines contain SQL and their result codes', () => {
    const SQL = /\bSELECT [^;]* FROM\b|\bINSERT INTO\b|\bDELETE FROM\b|\bbm25\(|SQLITE_[A-Z]/;
    const found = sources.filter(({ text }) => SQL.test(text)).map(({ path }) => layerOf(path, LAYERS));
    expect([...new Set(found)].sort()).toEqual(['store/postgres', 'store/sqlite']);
  });

  test('no command loads the server or the simulator before it needs them', () => {
    const commands = sources.map(({ path }) => path).filter((path) => /^cli\/(?!run-demo)/.test(path));
    const loaded = commands.flatMap((path) => [...loadedWith(path, sources)]);
    expect(loaded).toContain('store/sqlite/open.ts');
    expect(loaded.filter((path) => /^(server|simulator|store\/postgres)\//.test(path))).toEqual([]);
  });
});

test('addresses are parsed by the one helper that is right on every Node', () => {
  const asking = sources.filter(({ text }) => /\bcanParse\(/.test(text));
  expect(asking.map(({ path }) => path)).toEqual([]);
});

test('a mirror without an object store does not load what signs requests', () => {
  const importing = sources.filter(({ text }) => text.includes("'aws4fetch'"));
  expect(importing.map(({ path }) => path)).toEqual(['object-store/send.ts']);
  expect(importing[0]?.text).toContain("await import('aws4fetch')");
  expect(importing[0]?.text).not.toContain("from 'aws4fetch'");
});

test('a mirror in SQLite does not load what talks to PostgreSQL', () => {
  const loaded = ['app/start-mirror.ts', 'app/search-worker.ts'].flatMap((path) => [
    ...loadedWith(path, sources),
  ]);
  expect(loaded).toContain('store/sqlite/open.ts');
  expect(loaded.filter((path) => path.startsWith('store/postgres/'))).toEqual([]);
});

test('a server loads the tools of agents with the first request for them', () => {
  const loaded = [...loadedWith('app/start-mirror.ts', sources)];
  expect(loaded).toContain('server/routes/mcp.ts');
  expect(loaded.filter((path) => path.startsWith('mcp/'))).toEqual(['mcp/mirror-access.ts']);
});

describe('a wrong import is reported', () => {
  const at = (path: string, line: string) => ({ path, text: `/** A file. */\n${line}\n` });

  test.each([
    ['sync/run.ts', "import { noCounts } from '../store/sqlite/runs.ts';"],
    ['cli/doctor.ts', "import type { Lock } from '../store/sqlite/lock.ts';"],
    ['server/errors.ts', "import { a } from '../store/sqlite/errors.ts';"],
    ['store/contract/store.ts', "import { a } from '../sqlite/open.ts';"],
    ['cli/token.ts', "import { a } from '../server/query-params.ts';"],
    ['views/run-json.ts', "export { a } from '../server/query-params.ts';"],
    ['search/terms.ts', "import { a } from '../store/contract/search.ts';"],
    ['task/id.ts', "import { a } from '../search/fold.ts';"],
    ['lib/log.ts', "import '../task/id.ts';"],
    ['cli/serve.ts', "const load = () => import('../simulator/simulator.ts');"],
    ['backup/scheduled.ts', "import {\n  a,\n  b,\n} from '../sync/run.ts';"],
    ['elsewhere/a.ts', "import { a } from '../lib/log.ts';"],
  ])('%s: %s', (path, line) => {
    expect(findViolations([at(path, line)], LAYERS)).toEqual([
      expect.stringMatching(`^${path} must not import `),
    ]);
  });

  test('a valid import is not reported', () => {
    const files = [
      at('app/a.ts', "import { openStore } from '../store/sqlite/open.ts';"),
      at('cli/run-demo.ts', "import { startSimulator } from '../simulator/simulator.ts';"),
      at(
        'store/sqlite/search/a.ts',
        "import { b } from '../open.ts';\nimport Database from 'better-sqlite3';",
      ),
    ];
    expect(findViolations(files, LAYERS)).toEqual([]);
  });

  test('an exception covers one edge, and is reported when it is unused', () => {
    const exception = { from: 'lib/a.ts', to: 'task/id.ts', reason: 'invented' };
    const file = at('lib/a.ts', "import { id } from '../task/id.ts';");
    expect(findViolations([file], LAYERS, [exception])).toEqual([]);
    expect(findViolations([], LAYERS, [exception])).toEqual([expect.stringContaining('remove it')]);
  });
});
