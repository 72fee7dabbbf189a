/** How the upstream fares over a day: calm for most of it, then outages, limits and invalid responses. */
import type { Fault } from '../../src/simulator/faults.ts';

export interface Weather {
  readonly name: string;
  /** Undefined: it answers as it should. */
  readonly fault: Fault | undefined;
  /** Of the requests, how many meet the fault; the others are answered well. */
  readonly share: number;
  readonly minutes: number;
}

const KINDS: readonly ((random: () => number) => {
  name: string;
  fault: Fault;
  share?: number;
  minutes?: number;
})[] = [
  () => ({ name: 'connections reset', fault: { kind: 'reset' } }),
  () => ({ name: 'answers cut', fault: { kind: 'reset-mid-body' } }),
  () => ({ name: 'answers cut without a length', fault: { kind: 'cut-without-length' }, share: 0.5 }),
  () => ({ name: 'JSON cut', fault: { kind: 'truncated-json' }, share: 0.5 }),
  () => ({ name: 'a gateway’s page', fault: { kind: 'html', status: 502 } }),
  () => ({ name: 'server errors', fault: { kind: 'status', status: 500 }, share: 0.5 }),
  () => ({ name: 'unavailable', fault: { kind: 'status', status: 503 } }),
  () => ({ name: 'an outage', fault: { kind: 'reset' }, share: 1, minutes: 60 }),
  () => ({ name: 'wrong shapes', fault: { kind: 'body', body: '{"items":{}}' }, share: 0.7 }),
  () => ({ name: 'a redirect', fault: { kind: 'redirect', location: 'http://127.0.0.1:9/' }, share: 0.5 }),
  () => ({ name: 'rejected', fault: { kind: 'status', status: 401 }, minutes: 5 }),
  () => ({ name: 'limited, without a time', fault: { kind: 'status', status: 429 }, share: 0.3 }),
  (random) => ({
    name: 'limited',
    fault: {
      kind: 'status',
      status: 429,
      headers: { 'retry-after': String(5 + Math.floor(random() * 200)) },
    },
    share: 0.3,
  }),
  (random) => ({
    name: 'limited for as long as it can be',
    fault: { kind: 'status', status: 429, headers: { 'retry-after': String(Math.floor(random() * 1e9)) } },
    share: 0.05,
    minutes: 2,
  }),
  () => ({
    name: 'finished tasks as if they were not',
    fault: { kind: 'rewrite', rewrite: (body) => body.replaceAll('"response":', '"later":') },
    share: 0.2,
  }),
];

/** The next stretch. @param random uniform in [0, 1) */
export function nextWeather(random: () => number): Weather {
  if (random() < 0.5)
    return { name: 'calm', fault: undefined, share: 0, minutes: 2 + Math.floor(random() * 30) };
  const kind = KINDS[Math.floor(random() * KINDS.length)] as (typeof KINDS)[number];
  const { name, fault, share = 0.9, minutes = 1 + Math.floor(random() * 15) } = kind(random);
  return { name, fault, share, minutes };
}
