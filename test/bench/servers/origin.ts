/** What stands behind nginx: answers from a map in memory. Usage: origin.ts PORT COUNT */
import { createServer } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import { makeDocuments } from '../dataset.ts';

const [port, count] = process.argv.slice(2);
const documents = new Map(makeDocuments(Number(count)).map(({ id, text }) => [id, text]));

createServer(async (request, response) => {
  const { id } = JSON.parse(await readAll(request)) as { id: string };
  response.writeHead(200, { 'content-type': 'application/json' }).end(documents.get(id));
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
