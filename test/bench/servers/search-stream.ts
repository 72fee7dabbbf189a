/** A client that searches for common words, one after the other, without a pause, until it is ended. */
import { Agent, get } from 'node:http';
import { constants, setPriority } from 'node:os';
import { QUESTIONS } from '../search-queries.ts';

// It stands for somebody on another machine, so it must not take the server's cores.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const [port = '', parameters = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const texts = QUESTIONS['very common word'];

process.once('SIGTERM', () => process.exit(0));
for (let at = 0; ; at += 1) {
  await new Promise<void>((resolve, reject) => {
    const path = `/api/search?limit=20&${parameters}&q=${texts[at % texts.length]}`;
    get({ port, path, agent, host: '127.0.0.1' }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} gave ${response.statusCode}`));
      response.resume().once('end', resolve);
    }).once('error', reject);
  });
}
