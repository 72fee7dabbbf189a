import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/lib/log.ts';

/** Clears the screen, sets the title, C1's way to begin a sequence, DEL, reverses text, and begins a line. */
const EVIL = '\u001b[2J\u001b]0;x\u0007\u009b31m\u007f\u202eabc\u2028';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe('the log', () => {
  test.each(['pretty', 'json'] as const)(
    'as %s has no control characters of what it tells',
    async (format) => {
      let output = '';
      const destination = new Writable({
        write: (chunk, _encoding, done) => {
          output += String(chunk);
          done();
        },
      });
      const log = createLog({ level: 'info', format }, destination);
      log.info(
        { path: EVIL, nested: { reason: [EVIL] }, err: new Error(`${EVIL}\nfake line`) },
        `said ${EVIL}`,
      );
      await expect.poll(() => output).toContain('said');
      await setImmediate();
      expect(output).not.toMatch(CONTROLS);
      if (format === 'json') expect(JSON.parse(output)).toMatchObject({ path: EVIL, msg: `said ${EVIL}` });
    },
  );
});
