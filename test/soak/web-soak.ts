/**
 * `npm run test:web-soak`: 1,000 opened tasks, 200 searches and 20 zips in one page. The heap and the nodes of the page, and the
 * memory of the server, may grow by 5 % over the last half, each after garbage has been collected. `-- 4` is a fifth of it.
 */
import { loadavg } from 'node:os';
import { printTable, type Row } from '../bench/table.ts';
import { growth } from './checks.ts';
import { type Sample, useGallery } from './gallery-use.ts';

const ROUNDS = Number(process.argv[2] ?? 20);
const ROUND = { opened: 5, neighbours: 9, searches: 10 };
const TASKS = 5000;
const MAX_GROWTH = 1.05;

const started = performance.now();
const samples = await useGallery({ ...ROUND, rounds: ROUNDS, tasks: TASKS }, (sample, at) =>
  console.error(`round ${at + 1} of ${ROUNDS}: ${JSON.stringify(sample)}`),
);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${ROUNDS * ROUND.opened * (ROUND.neighbours + 1)} tasks, ${ROUNDS * ROUND.searches} searches and ${ROUNDS} zips in ${seconds} s, load ${loadavg()[0]?.toFixed(1)}`,
);
printTable('Growth over the last half', describeGrowth(samples));

function describeGrowth(samples: readonly Sample[]): Row[] {
  const names = Object.keys(samples[0] ?? {}) as (keyof Sample)[];
  return names.map((what) => {
    const values = samples.slice(Math.floor(samples.length / 2)).map((sample) => sample[what]);
    const factor = growth(values);
    if (factor > MAX_GROWTH) process.exitCode = 1;
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    const isCount = what.startsWith('nodes');
    const format = (value: number) =>
      isCount ? value.toLocaleString('en') : `${(value / 2 ** 20).toFixed(1)} MiB`;
    const percent = ((factor - 1) * 100).toFixed(1);
    return { what, value: `${percent} % (${format(first)} to ${format(last)})`, wanted: 'at most 5 %' };
  });
}
