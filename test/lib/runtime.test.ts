import { expect, test } from 'vitest';
import { checkRuntime } from '../../src/lib/runtime.ts';

const DURING_2026 = Date.parse('2026-11-25');

test.each(['22.12.0', '22.23.3', '24.21.0', '26.10.0', '27.0.0', '30.1.0'])('Node %s will do', (version) => {
  expect(checkRuntime(version, false, DURING_2026)).toEqual({});
});

test.each(['18.20.0', '20.18.3', '21.7.3', '22.11.9'])(
  'Node %s is refused, installed driver or not',
  (version) => {
    for (const hasDriver of [true, false]) {
      const { error } = checkRuntime(version, hasDriver, DURING_2026);
      expect(error).toMatch(/^flux-mirror needs Node\.js 22\.12 or newer.* this is \d+\.\d+\.\d+$/);
    }
  },
);

test('Node 20 will do in a source checkout with its own driver, with a warning', () => {
  expect(checkRuntime('20.19.0', true, DURING_2026)).toEqual({
    warning: expect.stringContaining('Node.js 20 is past its end of life (2026-04-30)'),
  });
  expect(checkRuntime('20.20.2', false, DURING_2026).error).toContain('install-node20-driver.mjs');
});

test('every version is warned about from the day of its end of life on, and not before', () => {
  expect(checkRuntime('22.12.0', false, Date.parse('2027-04-29'))).toEqual({});
  expect(checkRuntime('22.12.0', false, Date.parse('2027-04-30')).warning).toContain('Node.js 22');
  expect(checkRuntime('25.1.0', false, DURING_2026).warning).toContain('Node.js 25');
});
