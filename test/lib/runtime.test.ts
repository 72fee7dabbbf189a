import { expect, test } from 'vitest';
import { checkRuntime } from '../../src/lib/runtime.ts';

const DURING_2026 = Date.parse('2026-11-25');

test.each(['22.14.0', '22.23.3', '23.6.0', '24.21.0', '26.10.0', '27.0.0', '30.1.0'])(
  'Node %s is supported',
  (node) => {
    expect(checkRuntime({ node, napi: '10' }, false, DURING_2026).error).toBeUndefined();
  },
);

test.each([
  ['22.13.1', '9'],
  ['22.12.0', '9'],
  ['23.5.0', '9'],
])('Node %s lacks what the driver requires, and is rejected', (node, napi) => {
  expect(checkRuntime({ node, napi }, true, DURING_2026).error).toContain(`22.14 or newer is needed`);
});

test.each(['18.20.0', '20.18.3', '21.7.3', '22.11.9'])(
  'Node %s is rejected, with or without an installed driver',
  (node) => {
    for (const hasDriver of [true, false]) {
      const { error } = checkRuntime({ node, napi: '9' }, hasDriver, DURING_2026);
      expect(error).toMatch(/^Node\.js 22\.14 or newer is needed.* this is \d+\.\d+\.\d+$/);
    }
  },
);

test('Node 20 is accepted in a source checkout with its own driver, with a warning', () => {
  expect(checkRuntime({ node: '20.19.0', napi: '9' }, true, DURING_2026)).toEqual({
    warning: expect.stringContaining('Node.js 20 is past its end of life (2026-04-30)'),
  });
  expect(checkRuntime({ node: '20.20.2', napi: '9' }, false, DURING_2026).error).toContain(
    'install-node20-driver.mjs',
  );
});

test('a version causes a warning from the day of its end of life, and not before', () => {
  expect(checkRuntime({ node: '22.14.0', napi: '10' }, false, Date.parse('2027-04-29'))).toEqual({});
  expect(checkRuntime({ node: '22.14.0', napi: '10' }, false, Date.parse('2027-04-30')).warning).toContain(
    'Node.js 22',
  );
  expect(checkRuntime({ node: '25.1.0', napi: '10' }, false, DURING_2026).warning).toContain('Node.js 25');
});
