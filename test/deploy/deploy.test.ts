import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDockerfile } from '../../scripts/container/dockerfile.ts';
import { findUnknownSettings } from '../../src/config/config.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const ROOT = join(import.meta.dirname, '../..');
const UNITS = join(ROOT, 'docs/systemd');

/** Copies of the units that name programs of this machine. */
function copyUnits(change: (text: string) => string = (text) => text): string[] {
  const folder = temporaryDirectory();
  return readdirSync(UNITS).map((name) => {
    const text = readFileSync(join(UNITS, name), 'utf8').replaceAll('/usr/bin/node', process.execPath);
    writeFileSync(join(folder, name), change(text));
    return join(folder, name);
  });
}

/** @returns what is wrong, empty if nothing is */
function verifyUnits(paths: readonly string[]): string {
  const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

describe('systemd units', () => {
  test('are valid', (context) => {
    requireOnMachine(context, 'systemd-analyze');
    expect(verifyUnits(copyUnits())).toBe('');
    expect(verifyUnits(copyUnits((text) => text.replace('UMask=', 'UMusk=')))).toMatch(/UMusk/);
  });

  test('services are confined', (context) => {
    requireOnMachine(context, 'systemd-analyze');
    for (const unit of copyUnits().filter((path) => path.endsWith('.service'))) {
      const args = ['security', '--offline=true', '--threshold=20', unit];
      expect(execFileSync('systemd-analyze', args, { encoding: 'utf8' })).toMatch(
        /exposure level .* (OK|SAFE)/,
      );
    }
  });
});

describe('the container', () => {
  test('every setting that the files name is one', () => {
    for (const file of ['compose.yaml', 'Dockerfile', 'docs/systemd/flux-mirror.service']) {
      const names = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bFLUX_MIRROR_[A-Z_]+/g)];
      expect(names.length, file).toBeGreaterThan(0);
      expect(findUnknownSettings(Object.fromEntries(names.map(([name]) => [name, ''])))).toEqual([]);
    }
  });

  test('the Dockerfile copies only what .dockerignore lets in', () => {
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8').match(/(?<=^!).*$/gm) ?? [];
    const steps = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).flatMap(
      (stage) => stage.steps,
    );
    const copied = steps.flatMap((step) =>
      step.kind === 'copy' && step.from === undefined ? step.sources : [],
    );
    expect(copied.length).toBeGreaterThan(3);
    expect(allowed).toEqual(expect.arrayContaining(copied));
  });

  test('a Dockerfile with an instruction that the replay does not know is refused', () => {
    expect(() => parseDockerfile('FROM node:24\nADD x /')).toThrow('not known in a Dockerfile: ADD x /');
    expect(() => parseDockerfile('FROM node:24\nCMD node')).toThrow();
    expect(parseDockerfile('FROM node:24 AS a\nRUN x && \\\n  y\nCOPY --from=a /b /c ./')[0]?.steps).toEqual([
      { kind: 'run', command: 'x &&    y' },
      { kind: 'copy', from: 'a', sources: ['/b', '/c'], to: './' },
    ]);
  });
});
