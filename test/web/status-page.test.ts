/** The status page as the server renders it, from numbers. */
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { createShell } from '../../src/web/components/shell-state.ts';
import { createStatusState } from '../../src/web/components/status/state.ts';
import { StatusPage } from '../../src/web/pages/StatusPage.tsx';
import { DICTIONARIES } from '../../src/web/view/i18n/dictionaries.ts';
import type { StatusData } from '../../src/web/view/status-data.ts';
import { createStatusData } from './status-data.ts';

function render(data: StatusData): string {
  const status = { state: createStatusState(data), actions: undefined };
  return renderToString(h(StatusPage, { shell: createShell(data, DICTIONARIES[data.language]), status }));
}

const DAYS = {
  by: 'day',
  tz: 'UTC',
  items: [
    { period: '2026-11-01', count: 7, cost: 0.28 },
    { period: '2026-11-26', count: 41, cost: 1.64 },
  ],
} as const;
const MONTHS = { by: 'month', tz: 'UTC', items: [{ period: '2026-11', count: 459, cost: 18.36 }] } as const;

test('charts show every day and month, and the same as tables with links to the pictures', () => {
  const html = render(createStatusData({ days: DAYS, months: MONTHS }));
  expect(html.match(/class="chart-bar/g)).toHaveLength(90 + 12);
  expect(html).toContain('<title>26 Nov: 41 tasks</title>');
  expect(html).toContain('aria-label="Tasks a day, 29 Aug to 26 Nov, at most 41"');
  expect(html).toContain('href="./?from=2026-11-01&amp;to=2026-11-01"');
  expect(html).toContain('18.36');
  expect(html).not.toMatch(/\sstyle=/);
});

test('without days, there are no charts of them', () => {
  const html = render(createStatusData());
  expect(html).not.toContain('id="days"');
  expect(html).not.toContain('id="cost"');
  expect(html).toContain('No run yet.');
});

test('runs have the colour of how they ended, and failures their words', () => {
  const html = render(createStatusData({ outcomes: ['done', 'unreachable', 'rate-limited', 'running'] }));
  expect(html.match(/chart-bar is-bad/g)).toHaveLength(1);
  expect(html.match(/chart-bar is-warn/g)).toHaveLength(1);
  expect(html.match(/chart-bar is-accent/g)).toHaveLength(1);
  expect(html).toMatch(/11:59 upstream unreachable<\/b><span[^>]*> it went wrong/);
});

test('a share of pictures is never rounded up to all of them', () => {
  const html = render(createStatusData({ images: { archived: 999_999, wanted: 1 } }));
  expect(html).toContain('99.9% · 1 missing');
});

test('where no task has told its cost, nothing is said of costs', () => {
  const items = [{ period: '2026-11', count: 459, cost: 0 }];
  const html = render(createStatusData({ months: { by: 'month', tz: 'UTC', items } }));
  expect(html).not.toContain('id="cost"');
  expect(html).not.toContain('Spent this month');
});

test('why pictures are missing is summed up where the table does not have all of them', () => {
  const reasons = [{ error: '404 Not Found', count: 812 }];
  const html = render(createStatusData({ images: { given_up: 812, reasons } }));
  expect(html).toMatch(/<b>812<\/b> 404 Not Found/);
  expect(html).toContain('12,297 of 13,109 pictures kept');
});
