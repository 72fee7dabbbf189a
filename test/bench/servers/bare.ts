/** The floor: `node:http` that reads the body and answers a fixed document. Usage: bare.ts PORT FILE */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file] = process.argv.slice(2);
const body = readFileSync(file ?? '', 'utf8');
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

createServer((request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => response.writeHead(200, headers).end(body));
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
