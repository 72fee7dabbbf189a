/** Other ways to search the same prompts, for comparison: a scan, trigrams, and an index in memory. */
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { Database } from '../../src/store/sqlite/driver.ts';
import { QUESTIONS, type Timing, timed } from './search-queries.ts';

export interface Alternative {
  readonly name: string;
  readonly built: string;
  readonly timings: Map<string, Timing>;
}

interface Prompt {
  readonly position: number;
  readonly prompt: string;
}

const PROMPTS =
  "SELECT position, json_extract(document, '$.request.prompt') AS prompt FROM tasks ORDER BY position";
/** Only what all of them can be asked. */
const ASKED = ['rare word', 'very common word', 'two words', 'Chinese run of two'] as const;

async function ask(search: (text: string) => unknown): Promise<Map<string, Timing>> {
  const timings = new Map<string, Timing>();
  for (const name of ASKED) timings.set(name, await timed(QUESTIONS[name], search));
  return timings;
}

export async function likeScan(dataDir: string): Promise<Alternative> {
  const db = new Database(join(dataDir, 'mirror.db'), { readonly: true });
  const search = db.prepare(
    "SELECT id FROM tasks WHERE json_extract(document, '$.request.prompt') LIKE ? AND json_extract(document, '$.request.prompt') LIKE ? ORDER BY position DESC LIMIT 20",
  );
  const timings = await ask((text) => {
    const [first, second = first] = text.split(' ');
    return search.all(`%${first}%`, `%${second}%`);
  });
  db.close();
  return { name: "LIKE '%…%'", built: 'nothing to build', timings };
}

export async function trigram(dataDir: string, directory: string): Promise<Alternative> {
  const source = new Database(join(dataDir, 'mirror.db'), { readonly: true });
  const db = new Database(join(directory, 'trigram.db'));
  db.exec("CREATE VIRTUAL TABLE t USING fts5(prompt, content='', tokenize='trigram')");
  const insert = db.prepare('INSERT INTO t (rowid, prompt) VALUES (CAST(? AS INTEGER), ?)');
  const started = performance.now();
  db.transaction(() => {
    for (const { position, prompt } of source.prepare<[], Prompt>(PROMPTS).iterate())
      insert.run(position, prompt);
  })();
  const seconds = (performance.now() - started) / 1000;
  const search = db.prepare('SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid DESC LIMIT 20');
  const timings = await ask((text) =>
    search.all(
      text
        .split(' ')
        .map((word) => `"${word}"`)
        .join(' '),
    ),
  );
  const size = db
    .prepare("SELECT sum(pgsize) / (SELECT count(*) FROM t_docsize) AS n FROM dbstat WHERE name LIKE 't_%'")
    .get() as { n: number };
  db.close();
  source.close();
  return {
    name: 'FTS5 trigram (finds nothing shorter than three characters)',
    built: `${seconds.toFixed(1)} s, ${size.n} bytes a prompt`,
    timings,
  };
}

export async function miniSearch(dataDir: string): Promise<Alternative> {
  const db = new Database(join(dataDir, 'mirror.db'), { readonly: true });
  const index = new MiniSearch<Prompt>({ idField: 'position', fields: ['prompt'] });
  const before = process.memoryUsage().rss;
  const started = performance.now();
  index.addAll(db.prepare<[], Prompt>(PROMPTS).all());
  const seconds = (performance.now() - started) / 1000;
  const megabytes = Math.round((process.memoryUsage().rss - before) / 1e6);
  const timings = await ask((text) => index.search(text, { combineWith: 'AND' }).slice(0, 20));
  db.close();
  return {
    name: 'MiniSearch in memory (by score; Chinese only as whole sentences)',
    built: `${seconds.toFixed(1)} s at every start, ${megabytes} MB`,
    timings,
  };
}
