/** Serves the files of a folder: a host of images for the benchmark. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

const [port, folder = ''] = process.argv.slice(2);

createServer((request, response) => {
  response
    .writeHead(200, { 'content-type': 'image/png' })
    .end(readFileSync(join(folder, basename(request.url ?? ''))));
}).listen(Number(port), '127.0.0.1');
