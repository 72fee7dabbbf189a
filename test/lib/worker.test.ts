import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startWorker } from '../../src/lib/worker.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const SCRIPT =
  "import { parentPort, workerData } from 'node:worker_threads'; parentPort.postMessage(workerData);";

test.each([
  ['from sources, in TypeScript', '.ts', `const n: number = 1;\n${SCRIPT}`],
  ['built', '.js', SCRIPT],
])('a thread starts %s', async (_, ending, script) => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const file = join(folder, `thread${ending}`);
  writeFileSync(file, script);
  const worker = startWorker(pathToFileURL(file), 'hello');
  expect(await once(worker, 'message')).toEqual(['hello']);
});
