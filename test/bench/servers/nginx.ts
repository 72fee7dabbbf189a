/** nginx as a caching proxy for POST requests, keyed by the body. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a configuration into a directory. @returns the arguments to start nginx with, in the foreground */
export function nginxArguments(directory: string, port: number, originPort: number): string[] {
  for (const name of ['cache', 'temp', 'logs']) mkdirSync(join(directory, name), { recursive: true });
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/logs/error.log crit;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/temp/body; proxy_temp_path ${directory}/temp/proxy;
  fastcgi_temp_path ${directory}/temp/f; uwsgi_temp_path ${directory}/temp/u; scgi_temp_path ${directory}/temp/s;
  proxy_cache_path ${directory}/cache levels=1:2 keys_zone=tasks:64m max_size=4g inactive=1d use_temp_path=off;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port};
    location / {
      client_body_buffer_size 64k;
      proxy_pass http://127.0.0.1:${originPort};
      proxy_cache tasks; proxy_cache_methods POST; proxy_cache_key "$request_uri|$request_body"; proxy_cache_valid 200 1d;
    }
  }
}
`,
  );
  return ['-c', file, '-p', directory];
}
