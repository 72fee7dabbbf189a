import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const TOKEN = 'tok_0123456789-secret';

function init(cwd: string, input: string, ...args: string[]) {
  return runCli(['init', ...args], { cwd, input });
}

describe('init', () => {
  test('writes the answers into .env, which only the owner can read', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout, stderr } = await init(cwd, `${TOKEN}\n./mirror\n9000\n`);
    expect([code, stdout]).toEqual([0, '']);
    const path = join(cwd, '.env');
    expect(readFileSync(path, 'utf8')).toBe(
      `ACEDATACLOUD_API_TOKEN=${TOKEN}\nFLUX_MIRROR_DATA_DIR=./mirror\nFLUX_MIRROR_PORT=9000\n`,
    );
    expect(stderr).toContain(path);
    expect(stderr).not.toContain(TOKEN);
    expect(readdirSync(cwd)).toEqual(['.env']);
  });

  test('the file has mode 600, also when it had another', async (context) => {
    requireOnMachine(context, 'unix-modes');
    const cwd = temporaryDirectory();
    const path = join(cwd, '.env');
    await init(cwd, '\n\n\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(join(cwd, 'other.env'), 'A=1\n', { mode: 0o644 });
    await init(cwd, `${TOKEN}\n\n\n`, '--file', 'other.env');
    expect(statSync(join(cwd, 'other.env')).mode & 0o777).toBe(0o600);
  });

  test('Enter takes what is offered, and defaults are not written', async () => {
    const cwd = temporaryDirectory();
    expect((await init(cwd, `${TOKEN}\n\n\n`)).code).toBe(0);
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe(`ACEDATACLOUD_API_TOKEN=${TOKEN}\n`);
  });

  test('what a file says already is offered and kept, and the token in it is not shown', async () => {
    const cwd = temporaryDirectory();
    const before = `# mine\nFLUX_MIRROR_PORT=9001\nACEDATACLOUD_API_TOKEN=${TOKEN}\nFLUX_MIRROR_DISCOVER=true\n`;
    writeFileSync(join(cwd, '.env'), before);
    const { stderr } = await init(cwd, '\n\n\n');
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe(before);
    expect(stderr).toContain('[9001]');
    expect(stderr).not.toContain(TOKEN);
  });

  test.each([
    [
      `two ${TOKEN}\n${TOKEN}\n\n9000\n`,
      /that can't be used; allowed: a token without spaces; nothing was written/,
    ],
    [`${TOKEN}\n\nmany\n9000\n`, /"many" can't be used; allowed: .*; nothing was written/],
  ])('what is not typed does not answer a question twice: %j', async (input, message) => {
    const cwd = temporaryDirectory();
    const { code, stderr } = await init(cwd, input);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toContain(TOKEN);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('a person is asked again for what can not be used', async (context) => {
    requireOnMachine(context, 'script');
    const file = join(temporaryDirectory(), '.env');
    const { code, shown } = await runOnTerminal(['init', '--file', file], {
      answers: [
        { after: 'API token', type: `two ${TOKEN}\r` },
        { after: 'a token without spaces', type: `${TOKEN}\r` },
        { after: 'Where to keep', type: '\r' },
        { after: 'Port', type: '70000\r' },
        { after: '"70000"', type: '9000\r' },
      ],
    });
    expect([code, shown]).toEqual([0, expect.stringContaining('"70000" can\'t be used')]);
    expect(shown).not.toContain(TOKEN.slice(0, 4));
    expect(readFileSync(file, 'utf8')).toContain('FLUX_MIRROR_PORT=9000');
  });

  test.each(['', TOKEN, `${TOKEN}\n`, `${TOKEN}\n\n`])(
    'writes nothing when the answers end early: %j',
    async (input) => {
      const cwd = temporaryDirectory();
      const { code, stderr } = await init(cwd, input);
      expect([code, stderr]).toEqual([1, expect.stringContaining('nothing was written')]);
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test('leaves a file that it can not change as it was', async () => {
    const cwd = temporaryDirectory();
    const before = 'NOTE="a\nFLUX_MIRROR_PORT=1\nb"\n';
    writeFileSync(join(cwd, '.env'), before);
    const { code, stderr } = await init(cwd, `${TOKEN}\n\n9000\n`);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/can't be changed by a program; nothing was written/),
    ]);
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe(before);
  });

  test('a link stays one', async (context) => {
    requireOnMachine(context, 'unix-modes');
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, 'real'));
    writeFileSync(join(cwd, 'real/settings'), 'A=1\n');
    symlinkSync('real/settings', join(cwd, '.env'));
    expect((await init(cwd, `${TOKEN}\n\n\n`)).code).toBe(0);
    expect(readFileSync(join(cwd, 'real/settings'), 'utf8')).toBe(`A=1\nACEDATACLOUD_API_TOKEN=${TOKEN}\n`);
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['a directory', (path) => mkdirSync(path), /\.env is not a file/],
    ['a link to nothing', (path) => symlinkSync('nowhere', path), /\.env is a link that leads to nothing/],
    ['a device', (path) => symlinkSync('/dev/null', path), /\.env is not a file/],
    [
      'of another encoding',
      (path) => writeFileSync(path, Buffer.from('# caf\u00e9\n', 'latin1')),
      /is not UTF-8/,
    ],
  ])('a file that is %s is named in the error, and left alone', async (_, make, message) => {
    const cwd = temporaryDirectory();
    make(join(cwd, '.env'));
    const { code, stderr } = await init(cwd, `${TOKEN}\n\n\n`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(readdirSync(cwd)).toEqual(['.env']);
  });

  test('root leaves a file to its owner', async (context) => {
    requireOnMachine(context, 'root');
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, '.env'), 'A=1\n');
    chownSync(join(cwd, '.env'), 65_534, 65_534);
    expect((await init(cwd, `${TOKEN}\n\n\n`)).code).toBe(0);
    const { uid, gid } = statSync(join(cwd, '.env'));
    expect([uid, gid]).toEqual([65_534, 65_534]);
  });

  test('keeps what is written into the file while it asks', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, '.env'), 'A=1\n');
    const child = startCli(['init'], { cwd });
    const waitFor = watch(child);
    await waitFor(/API token/);
    appendFileSync(join(cwd, '.env'), 'B=2\n');
    child.stdin.end(`${TOKEN}\n\n\n`);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe('A=1\nB=2\n');
  });

  test('writes no token beside an upstream that only the file names', async () => {
    const cwd = temporaryDirectory();
    const before = 'ACEDATACLOUD_API_BASE_URL=http://elsewhere.example\n';
    writeFileSync(join(cwd, '.env'), before);
    const { code, stderr } = await init(cwd, `${TOKEN}\n\n\n`);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/the token will be sent to "http:\/\/elsewhere/),
    ]);
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe(before);
    expect((await init(cwd, '\n./mirror\n\n')).code).toBe(0);
  });

  test('removes a token, and refuses control characters', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, '.env'), `ACEDATACLOUD_API_TOKEN=${TOKEN}\nFLUX_MIRROR_PORT=\n`);
    expect((await init(cwd, '-\n\n\n')).code).toBe(0);
    expect(readFileSync(join(cwd, '.env'), 'utf8')).not.toContain(TOKEN);
    const { code, stderr } = await init(cwd, `${TOKEN}\n./a\u001b[31m\n\n`);
    expect([code, stderr]).toEqual([2, expect.not.stringContaining('\u001b')]);
  });

  test('says when no command reads the file by itself', async () => {
    const { stderr } = await init(temporaryDirectory(), `${TOKEN}\n\n\n`, '--file', 'my.env');
    expect(stderr).toContain('no command reads this file by itself');
  });

  test('says when a variable of the environment counts before the file', async () => {
    const cwd = temporaryDirectory();
    const { stderr } = await runCli(['init'], {
      ...{ cwd, input: `${TOKEN}\n\n\n` },
      env: { ACEDATACLOUD_API_TOKEN: 'another' },
    });
    expect(stderr).toMatch(/ACEDATACLOUD_API_TOKEN is also set in the environment/);
    expect(stderr).not.toMatch(/FLUX_MIRROR_PORT is also set/);
  });

  test('the mirror that starts next has these settings', async () => {
    const cwd = temporaryDirectory();
    await init(cwd, `${TOKEN}\n./mirror\n0\n`);
    writeFileSync(join(cwd, 'ids'), '2db0168c-2373-4367-8d9a-9dc778802e8a\n');
    expect((await runCli(['track', '-f', 'ids'], { cwd })).code).toBe(0);
    expect(existsSync(join(cwd, 'mirror/mirror.db'))).toBe(true);
  });

  test('doctor then checks the token, although there is no mirror yet', async () => {
    const cwd = temporaryDirectory();
    const simulator = await startSimulator({ token: TOKEN });
    onTestFinished(() => simulator.stop());
    const check = async (token: string) => {
      await init(cwd, `${token}\n\n\n`);
      return runCli(['doctor'], { cwd, env: { ACEDATACLOUD_API_BASE_URL: simulator.url } });
    };
    const right = await check(TOKEN);
    expect([right.code, right.stdout]).toEqual([
      0,
      expect.stringMatching(/-- database: there is no mirror.*ok upstream/s),
    ]);
    const wrong = await check('wrong');
    expect([wrong.code, wrong.stdout]).toEqual([
      1,
      expect.stringMatching(/-- database: there is no mirror.*!! upstream/s),
    ]);
  });

  test('on a terminal, nothing of the token is shown, and Ctrl-C ends it', async (context) => {
    requireOnMachine(context, 'script');
    const file = join(temporaryDirectory(), '.env');
    const { code, shown } = await runOnTerminal(['init', '--file', file], {
      answers: [
        // Deleted once, and typed again: Ctrl-Y must not bring it back.
        { after: 'API token', type: `${TOKEN}\u0015${TOKEN}\r` },
        { after: 'Where to keep', type: '\u001b[A\u0019\r' },
        { after: 'Port', type: '9000\r' },
      ],
    });
    expect([code, shown]).toEqual([0, expect.stringContaining('9000')]);
    expect(shown).not.toContain(TOKEN.slice(0, 4));
    expect(readFileSync(file, 'utf8')).toBe(`ACEDATACLOUD_API_TOKEN=${TOKEN}\nFLUX_MIRROR_PORT=9000\n`);
    const stopped = await runOnTerminal(['init', '--file', file], {
      answers: [
        { after: 'API token', type: 'other\r' },
        { after: 'Where to keep', type: '\u0003' },
      ],
    });
    expect([stopped.code, stopped.shown]).toEqual([1, expect.stringContaining('nothing was written')]);
    expect(readFileSync(file, 'utf8')).toContain(TOKEN);
  });
});
