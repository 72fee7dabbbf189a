/** The status page's headline. */
import { describe, expect, test } from 'vitest';
import { createFormats } from '../../../src/web/view/format.ts';
import { DICTIONARIES } from '../../../src/web/view/i18n/dictionaries.ts';
import type { Language } from '../../../src/web/view/i18n/dictionary.ts';
import { describeStatus, getRunDuration, getRunTone } from '../../../src/web/view/status-text.ts';
import { createMirrorStatus, createStatusData, type StatusChanges } from '../status-data.ts';

function describeAs(language: Language, changes: StatusChanges = {}) {
  return describeStatus(createStatusData(changes), DICTIONARIES[language], createFormats(language, 'UTC'));
}

describe('the headline', () => {
  test.each<[string, StatusChanges, string, string]>([
    ['all is well', {}, 'Everything is here. Nothing is running.', '所有内容都在。没有正在运行的任务。'],
    [
      'tasks are running',
      { totals: { pending: 3 } },
      'Everything is here. Three tasks are still running.',
      '所有内容都在。3 个任务仍在运行。',
    ],
    [
      'one is running',
      { totals: { pending: 1 } },
      'Everything is here. One task is still running.',
      '所有内容都在。1 个任务仍在运行。',
    ],
    [
      'many are running',
      { totals: { pending: 1234 } },
      'Everything is here. 1,234 tasks are still running.',
      '所有内容都在。1234 个任务仍在运行。',
    ],
    [
      'pictures are to be fetched',
      { images: { wanted: 12 } },
      'Everything is here but 12 pictures. Nothing is running.',
      '除 12 张图片外，所有内容都在。没有正在运行的任务。',
    ],
    ['there is nothing', { totals: { total: 0 } }, 'Nothing is here yet.', '这里还没有内容。'],
    [
      'the token is limited',
      { isLimited: true },
      'Your tasks are here. Nothing is running.',
      '您的任务都在。没有正在运行的任务。',
    ],
  ])('when %s', (_, changes, en, zh) => {
    expect(describeAs('en', changes)).toEqual({ text: en, tone: 'ok' });
    expect(describeAs('zh', changes)).toEqual({ text: zh, tone: 'ok' });
  });

  test.each<[string, StatusChanges, string, 'warn' | 'bad']>([
    ['the database', { isUnreadable: true }, 'The database could not be read.', 'bad'],
    ['the disk', { health: { state: 'full' } }, 'Nothing can be stored at the moment.', 'bad'],
    [
      'the token of the upstream',
      { health: { state: 'unreachable', since: '2026-11-26T09:14:00Z' }, upstream: { state: 'rejected' } },
      'The upstream rejects the token.',
      'bad',
    ],
    [
      'the upstream, since a time',
      { health: { state: 'unreachable', since: '2026-11-26T09:14:00Z' } },
      'The upstream has not answered since 09:14.',
      'warn',
    ],
    ['the upstream', { health: { state: 'unreachable' } }, 'The upstream does not answer.', 'warn'],
    [
      'files of pictures',
      { images: { missing: 1, wanted: 1 }, health: { state: 'other' } },
      '1 picture has lost its file.',
      'bad',
    ],
    [
      'the backup',
      { backup: { at: null, error: 'no space left' }, health: { state: 'other' } },
      'The last backup failed.',
      'bad',
    ],
    ['the last run', { outcomes: ['failed', 'done'] }, 'The last sync run failed.', 'bad'],
    ['something else', { health: { state: 'other' } }, 'Something needs attention.', 'warn'],
    ['the setting', { health: { state: 'offline' } }, 'Offline by setting.', 'warn'],
  ])('begins with what is wrong: %s', (_, changes, text, tone) => {
    expect(describeAs('en', { ...changes, totals: { pending: 2 } })).toEqual({
      text: `${text} Two tasks are still running.`,
      tone,
    });
    const { text: chinese } = describeAs('zh', changes);
    expect(chinese).toMatch(/^[^A-Za-z]+$/);
  });

  test('names the worst first', () => {
    const changes: StatusChanges = {
      health: { state: 'full' },
      images: { missing: 3 },
      backup: { at: null, error: 'full' },
    };
    expect(describeAs('en', changes).text).toMatch(/^Nothing can be stored/);
  });

  test('an older failed run is no problem once another has ended well', () => {
    expect(describeAs('en', { outcomes: ['done', 'failed'] }).tone).toBe('ok');
  });
});

describe('a run', () => {
  const [run] = createMirrorStatus({ outcomes: ['done'] }).runs;

  test.each([
    ['done', null, 'ok'],
    ['done', 'a batch failed', 'warn'],
    ['stopped', null, 'warn'],
    ['rate-limited', 'wait', 'warn'],
    ['rejected', 'no', 'bad'],
    ['unreachable', 'no', 'bad'],
    ['failed', null, 'bad'],
    ['interrupted', null, 'bad'],
    ['running', null, 'running'],
  ] as const)('that is %s (%s) is %s', (outcome, error, tone) => {
    expect(getRunTone({ outcome, error })).toBe(tone);
  });

  test('lasts until it has ended, or until now, and never less than nothing', () => {
    const started_at = '2026-11-26T12:00:00.000Z';
    const startMs = Date.parse(started_at);
    expect(run).toBeDefined();
    expect(getRunDuration({ started_at, ended_at: '2026-11-26T12:00:01.500Z' }, 0)).toBe(1500);
    expect(getRunDuration({ started_at, ended_at: null }, startMs + 400)).toBe(400);
    expect(getRunDuration({ started_at, ended_at: null }, startMs - 400)).toBe(0);
  });
});
