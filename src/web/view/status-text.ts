/** The status page's headline: what is wrong first, else that everything is here, and what is still running. */
import type { Formats } from './format.ts';
import type { Dictionary } from './i18n/dictionary.ts';
import type { RunItem, StatusData } from './status-data.ts';

export interface Headline {
  readonly text: string;
  /** `bad`: something must be done; `warn`: it passes by itself, or is wanted. */
  readonly tone: 'ok' | 'warn' | 'bad';
}

type Words = Pick<Dictionary, 'statusPage'>;

export function describeStatus(data: StatusData, t: Words, f: Formats): Headline {
  const problem = describeProblem(data, t, f);
  const running = describeRunning(data, t);
  if (problem) return { ...problem, text: joinSentences(t, problem.text, running) };
  return { text: joinSentences(t, describeStock(data, t, f), running), tone: 'ok' };
}

/** The worst of what is wrong. */
function describeProblem(data: StatusData, { statusPage: p }: Words, f: Formats): Headline | undefined {
  const { health, mirror, isUnreadable } = data;
  if (isUnreadable) return { text: p.wrong.unreadable, tone: 'bad' };
  if (health.state === 'full') return { text: p.wrong.full, tone: 'bad' };
  if (mirror?.upstream.state === 'rejected') return { text: p.wrong.rejected, tone: 'bad' };
  if (health.state === 'unreachable') {
    const text = health.since === null ? p.wrong.unreachable : p.wrong.unreachableSince(f.time(health.since));
    return { text, tone: 'warn' };
  }
  const missing = mirror?.images.missing ?? 0;
  if (missing > 0) return { text: p.wrong.missing(missing, f.number(missing)), tone: 'bad' };
  if (mirror?.backup.error != null) return { text: p.wrong.backup, tone: 'bad' };
  if (mirror && ['failed', 'interrupted'].includes(mirror.runs[0]?.outcome ?? ''))
    return { text: p.wrong.run, tone: 'bad' };
  if (health.state === 'other') return { text: p.wrong.other, tone: 'warn' };
  if (health.state === 'offline') return { text: p.wrong.offline, tone: 'warn' };
  return undefined;
}

function describeStock({ totals, mirror, rights }: StatusData, { statusPage: p }: Words, f: Formats): string {
  if (totals?.total === 0) return rights.seesAll ? p.nothingHere : p.nothingOfYours;
  if (!rights.seesAll) return p.yoursHere;
  const wanted = mirror?.images.wanted ?? 0;
  return wanted === 0 ? p.allHere : p.allHereBut(wanted, f.number(wanted));
}

function describeRunning({ totals }: StatusData, { statusPage: p }: Words): string {
  if (!totals || totals.total === 0) return '';
  return totals.pending === 0 ? p.nothingRunning : p.running(totals.pending);
}

/** Chinese sentences need no space between them. */
function joinSentences({ statusPage: p }: Words, ...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(p.sentenceSpace);
}

/** How a run ended, for its colour: `warn` for what the next run makes good. */
export function getRunTone({
  outcome,
  error,
}: Pick<RunItem, 'outcome' | 'error'>): 'ok' | 'warn' | 'bad' | 'running' {
  if (outcome === 'running') return 'running';
  if (outcome === 'done') return error === null ? 'ok' : 'warn';
  return outcome === 'stopped' || outcome === 'rate-limited' ? 'warn' : 'bad';
}

/** @returns milliseconds; a run that has not ended has lasted until now */
export function getRunDuration(
  { started_at, ended_at }: Pick<RunItem, 'started_at' | 'ended_at'>,
  nowMs: number,
): number {
  const endMs = ended_at === null ? nowMs : Date.parse(ended_at);
  return Math.max(0, endMs - Date.parse(started_at));
}

/** Of a time in the past or future, in seconds, for `Formats.relative`. */
export function secondsUntil(iso: string, nowMs: number): number {
  return Math.round((Date.parse(iso) - nowMs) / 1000);
}
