/** nginx before test mirrors, as people run it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, startProxy } from './proxy-process.ts';
import { temporaryDirectory } from './test-mirror.ts';

/**
 * Starts it, in a directory of its own; it ends with the test.
 * @param server lines of its server block @param http lines beside it, for upstream blocks @returns its address
 */
export async function startNginx(server: string, http = ''): Promise<string> {
  const directory = temporaryDirectory();
  const port = await findFreePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(directory, name));
    return `${name}_temp_path ${name};`;
  });
  const config = join(directory, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; master_process off; pid nginx.pid; error_log stderr warn;
     events { worker_connections 256; }
     http { access_log off; ${temporary.join(' ')}
       proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_buffering off;
       ${http}
       server { listen 127.0.0.1:${port}; ${server} } }`,
  );
  const url = `http://127.0.0.1:${port}`;
  await startProxy(url, 'nginx', ['-p', directory, '-c', config, '-e', 'stderr']);
  return url;
}
