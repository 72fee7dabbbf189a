/** This package's version, for `--version`, the user agent and the OpenAPI document. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { PACKAGE_ROOT } from './package-root.ts';

const manifest = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8');

export const VERSION = z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;

/** `User-Agent` of requests that the mirror makes on its own. */
export const USER_AGENT = `flux-mirror/${VERSION}`;
