/** Caddy before a test mirror, as people run it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, startProxy } from './proxy-process.ts';
import { temporaryDirectory } from './test-mirror.ts';

/**
 * Starts it, in a directory of its own; it ends with the test.
 * @param site lines of its site block @returns its address
 */
export async function startCaddy(site: string): Promise<string> {
  const directory = temporaryDirectory();
  const port = await findFreePort();
  const config = join(directory, 'Caddyfile');
  writeFileSync(config, `{\n admin off\n auto_https off\n}\nhttp://127.0.0.1:${port} {\n${site}\n}\n`);
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    XDG_DATA_HOME: directory,
    XDG_CONFIG_HOME: directory,
  };
  const url = `http://127.0.0.1:${port}`;
  await startProxy(url, 'caddy', ['run', '--config', config, '--adapter', 'caddyfile'], env);
  return url;
}
