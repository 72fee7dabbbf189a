#!/usr/bin/env node
/** The entry point: rejects a Node that is too old before loading anything that would crash on it. */
import { existsSync } from 'node:fs';
import { PACKAGE_ROOT } from '../lib/package-root.ts';
import { checkRuntime } from '../lib/runtime.ts';
import { enableCompileCache } from './compile-cache.ts';
import { readUser } from './user.ts';

const node20Driver = new URL('scripts/node20/node_modules/better-sqlite3/', PACKAGE_ROOT);
const { error, warning } = checkRuntime(process.versions, existsSync(node20Driver), Date.now());

// NODE_NO_WARNINGS is Node's own switch for warnings.
if (warning !== undefined && process.env.NODE_NO_WARNINGS !== '1') {
  process.stderr.write(`flux-mirror: ${warning}\n`);
}
if (error === undefined) {
  enableCompileCache(readUser());
  const { runProgram } = await import('./run.ts');
  await runProgram();
} else {
  process.stderr.write(`flux-mirror: ${error}\n`);
  process.exitCode = 1;
}
