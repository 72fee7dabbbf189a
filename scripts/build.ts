/**
 * Builds `dist/`: the command and its threads, each one file with what it shares with others in `chunks/`. Bundled with its
 * dependencies, a command starts in a third of the time on Node 24 (there, loading many small modules is slow). What brings
 * native code or starts threads by file name of its own stays outside.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const NOT_BUNDLED = ['better-sqlite3', 'sharp'];

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/cli/main.ts', 'src/app/search-worker.ts', 'src/app/backup-worker.ts'],
  outdir: 'dist',
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The CommonJS form of jsonc-parser asks for its files by computed names.
  mainFields: ['module', 'main'],
  external: NOT_BUNDLED,
  // For packages in CommonJS that ask for Node's modules.
  banner: {
    js: "import { createRequire as bundled } from 'node:module'; const require = bundled(import.meta.url);",
  },
  sourcemap: true,
  logLevel: 'warning',
});
