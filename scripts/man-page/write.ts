/** Writes the manual page, as it is for those who have installed the package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createProgram } from '../../src/cli/program.ts';
import { VERSION } from '../../src/lib/version.ts';
import { renderManPage } from './render.ts';

export async function writeManPage(path: string): Promise<void> {
  // By these, commands find out how they are called, which is part of what they say.
  process.argv[1] = 'flux-mirror';
  delete process.env.npm_command;
  const program = await createProgram(undefined);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    renderManPage({ program, version: VERSION, date: new Date().toISOString().slice(0, 10) }),
  );
}
