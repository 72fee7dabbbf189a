/**
 * `npm run test:mcp`: the official conformance suite, on Node 22 or newer. Against its own fixtures, mounted on the transport that the
 * mirror has, and against the mirror itself. Fails on any result that is not expected.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { answerWith } from '../../../src/mcp/http.ts';
import { freePort, startCommand, stopProcess } from '../../bench/processes.ts';
import { createFixtureServer } from './fixtures.ts';

const SUITE = '@modelcontextprotocol/conformance@0.1.16';
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const MAX_BODY_BYTES = 1024 * 1024;

const FIXTURE_SCENARIOS = [
  ...['server-initialize', 'ping', 'logging-set-level', 'completion-complete', 'tools-list'],
  ...['tools-call-simple-text', 'tools-call-image', 'tools-call-audio', 'tools-call-embedded-resource'],
  ...['tools-call-mixed-content', 'tools-call-with-logging', 'tools-call-error', 'tools-call-with-progress'],
  ...['json-schema-2020-12', 'resources-list', 'resources-read-text', 'resources-read-binary'],
  ...['resources-templates-read', 'prompts-list', 'prompts-get-simple', 'prompts-get-with-args'],
  ...['prompts-get-embedded-resource', 'prompts-get-with-image'],
  // Without sessions, these check nothing but that there are none.
  ...['server-sse-polling', 'server-sse-multiple-streams'],
];
/** These need the server to ask the client, or to remember it, between requests: without sessions, it can do neither. */
const NEEDS_SESSION = [
  ...['tools-call-sampling', 'tools-call-elicitation', 'elicitation-sep1034-defaults'],
  ...['elicitation-sep1330-enums', 'resources-subscribe', 'resources-unsubscribe'],
];
const MIRROR_SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'dns-rebinding-protection',
];

const folder = mkdtempSync(join(tmpdir(), 'flux-mirror-conformance-'));
execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', SUITE]);
const suite = join(folder, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const surprises: string[] = [];

/** Runs scenarios one after the other. */
async function runAll(url: string, scenarios: readonly string[], isExpected: boolean): Promise<void> {
  for (const scenario of scenarios) {
    const args = [suite, 'server', '--url', url, '--scenario', scenario];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    const [code] = await once(child, 'close');
    const hasPassed = code === 0;
    console.log(
      `${hasPassed ? 'passed' : isExpected ? 'FAILED' : 'not possible without sessions'}: ${scenario}`,
    );
    if (hasPassed === isExpected) continue;
    surprises.push(scenario);
    console.error(output);
  }
}

const app = new Hono().all('/mcp', async (c) =>
  c.req.method === 'POST'
    ? answerWith(createFixtureServer, c.req.raw, MAX_BODY_BYTES)
    : c.body(null, 405, { allow: 'POST' }),
);
const port = await freePort();
const fixtures = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
const mirrorPort = await freePort();
const settings = ['--offline', '--data-dir', join(folder, 'data'), '--port', String(mirrorPort)];
const mirror = await startCommand(process.execPath, [MAIN, 'serve', ...settings], mirrorPort);
try {
  console.log('The fixtures of the suite:');
  await runAll(`http://127.0.0.1:${port}/mcp`, FIXTURE_SCENARIOS, true);
  await runAll(`http://127.0.0.1:${port}/mcp`, NEEDS_SESSION, false);
  console.log('The mirror:');
  await runAll(`http://127.0.0.1:${mirrorPort}/mcp`, MIRROR_SCENARIOS, true);
} finally {
  fixtures.close();
  await stopProcess(mirror);
  rmSync(folder, { recursive: true, force: true });
}
if (surprises.length > 0) {
  console.error(`not as expected: ${surprises.join(', ')}`);
  process.exitCode = 1;
}
