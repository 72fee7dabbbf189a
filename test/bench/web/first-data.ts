/** The data of the first screen of a large wall, against a plain page of a search. By HTTP, without a browser. */
import { median, type Row } from '../table.ts';

const ROUNDS = 40;
const TILES = 60;

export async function benchFirstData(url: string): Promise<Row[]> {
  const months = `${url}/api/wall/months`;
  const tiles = `${url}/api/search?fields=tile&limit=${TILES}`;
  const search = `${url}/api/search?limit=${TILES}`;
  await load(tiles); // warms up
  const uncounted = await load(months);
  const { items } = (await (await fetch(months)).json()) as { items: { month: string; count: number }[] };
  const [newest] = items;
  const layout = `${url}/api/wall/layout?month=${newest?.month}`;
  const [plain, data, layouts]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await load(search));
    data.push((await load(months)) + (await load(tiles)));
    layouts.push(await load(layout));
  }
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    { what: `a search page of ${TILES}`, value: ms(median(plain)) },
    { what: `months and the first ${TILES} tiles`, value: ms(median(data)), wanted: 'aim: 100 ms' },
    {
      what: 'months and tiles / search page',
      value: median(data.map((value, round) => value / (plain[round] ?? 1))).toFixed(2),
      wanted: 'at most 3',
    },
    { what: 'months, counted for the first time', value: ms(uncounted) },
    {
      what: `layout of the newest month, ${newest?.count.toLocaleString('en')} tasks`,
      value: ms(median(layouts)),
    },
  ];
}

/** @returns milliseconds */
async function load(address: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(address);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${address} is ${answer.status}`);
  return performance.now() - started;
}
