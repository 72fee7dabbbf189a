import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  getCalendarDay,
  getFirstDay,
  getLastDay,
  getNamedRange,
  listMonths,
} from '../../../src/web/view/date-range.ts';
import { createFileName } from '../../../src/web/view/file-name.ts';
import { createFormats } from '../../../src/web/view/format.ts';
import { chooseLanguage } from '../../../src/web/view/i18n/dictionary.ts';
import { formatRequest, quoteForShell } from '../../../src/web/view/request-forms.ts';

describe('formats', () => {
  test('of dates are in the reader’s time zone', () => {
    const at = '2026-11-14T18:42:00Z';
    expect(createFormats('en', 'Europe/Berlin').dateTime(at)).toBe('14 Nov 2026, 19:42');
    expect(createFormats('zh', 'Asia/Shanghai').date(at)).toBe('2026年11月15日');
    expect(createFormats('en', 'No/Where').time(at)).toBe('18:42');
  });

  test('of months, sizes, times ago and amounts', () => {
    const f = createFormats('en', 'UTC');
    expect([f.month('2026-11'), f.bytes(1_400_000), f.bytes(999), f.bytes(0)]).toEqual([
      ...['November 2026', '1.4 MB', '999 B', '0 B'],
    ]);
    expect([f.relative(-12), f.relative(0), f.relative(-7200), f.relative(3)]).toEqual([
      ...['12 seconds ago', 'now', '2 hours ago', 'in 3 seconds'],
    ]);
    expect([f.credits(0.04), f.credits(0.0412), f.duration(6.4), f.percent(0.996)]).toEqual([
      ...['0.04', '0.0412', '6.4 s', '99.6%'],
    ]);
  });
});

describe('the language', () => {
  test.each([
    [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    [undefined, 'de,en;q=0.7,zh;q=0.3', 'en'],
    [undefined, 'de', 'en'],
    [undefined, 'zh;q=0,en', 'en'],
    [undefined, undefined, 'en'],
    ['en', 'zh', 'en'],
    ['xx', 'zh', 'zh'],
  ])('chosen %s, accepted %s', (chosen, accepted, language) => {
    expect(chooseLanguage(chosen, accepted)).toBe(language);
  });
});

describe('names of files', () => {
  const file = {
    createdAtMs: Date.UTC(2026, 2, 14, 23),
    id: '2db0168c-2373',
    mediaType: 'image/png',
    timeZone: 'UTC',
  };
  test.each([
    ['a Siamese cat', '2026-03-14 a-siamese-cat 2db0168c.png'],
    ['', '2026-03-14 2db0168c.png'],
    ['../../etc/passwd', '2026-03-14 etc-passwd 2db0168c.png'],
    ['窗台上的暹罗猫，黄昏', '2026-03-14 窗台上的暹罗猫-黄昏 2db0168c.png'],
    ['😀 <b>"x"</b>', '2026-03-14 b-x-b 2db0168c.png'],
  ])('for %j', (prompt, name) => {
    expect(createFileName({ ...file, prompt })).toBe(name);
  });

  test('are short, and have the day of the reader', () => {
    const name = createFileName({ ...file, prompt: '𠮷'.repeat(200), timeZone: 'Asia/Tokyo' });
    expect(Array.from(name).length).toBeLessThan(80);
    expect(name.startsWith('2026-03-15 ')).toBe(true);
    expect(name.isWellFormed()).toBe(true);
  });
});

describe('ranges of dates', () => {
  test('by name', () => {
    expect(getNamedRange('week', '2026-03-02')).toEqual({ from: '2026-02-24', to: '2026-03-02' });
    expect(getNamedRange('lastYear', '2026-03-02')).toEqual({ from: '2025', to: '2025' });
  });

  test('first and last days', () => {
    expect(['2026', '2026-02', '2024-02', '2026-03-14', 'soon'].map(getLastDay)).toEqual([
      ...['2026-12-31', '2026-02-28', '2024-02-29', '2026-03-14', ''],
    ]);
    expect(['2026', '2026-02', ''].map(getFirstDay)).toEqual(['2026-01-01', '2026-02-01', '']);
  });

  test('months between two', () => {
    expect(listMonths('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(listMonths('2026-02', '2025-11')).toEqual([]);
  });

  test('the calendar day of an instant', () => {
    expect(getCalendarDay(Date.UTC(2026, 0, 1), 'America/New_York')).toBe('2025-12-31');
  });
});

describe('a request to use again', () => {
  const request = { action: 'generate', prompt: `it's "a cat" $HOME \`x\` \\ 猫\n2`, size: '1024x1024' };

  test('is quoted so that a shell reads the same text', () => {
    const text = execFileSync('sh', ['-c', `printf %s ${quoteForShell(request.prompt)}`], {
      encoding: 'utf8',
    });
    expect(text).toBe(request.prompt);
  });

  test('as curl, a shell sends the same JSON', () => {
    const command = formatRequest('curl', request, { videos: [] }).replace(/^curl/, 'printf "%s\\n"');
    const args = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(args).toContain('https://api.acedata.cloud/flux/images');
    expect(args).toContain(JSON.stringify(request));
  });

  test('as Python it has the same JSON in a text', () => {
    const [, literal = '""'] =
      /json\.loads\((".*")\)/.exec(formatRequest('python', request, { videos: [] })) ?? [];
    expect(JSON.parse(JSON.parse(literal))).toEqual(request);
  });

  test('of a video goes to the route of videos', () => {
    expect(formatRequest('curl', { mode: 't2v', prompt: 'x' }, { videos: [] })).toContain('/flux/videos');
  });
});
