/** Changes variables in the text of a `.env` file, as `node:util` reads it; everything else stays as it is. */
import { parseEnv } from 'node:util';

/** What needs no quotes. */
const PLAIN = /^[\w@%+=:,./~-]+$/;
/** In double quotes, \n is a line break. */
const QUOTES = ["'", '`', '"'];

/**
 * @param values undefined removes a variable
 * @returns undefined if the text can't say it, or says other things after the change: lines of a quoted value look like variables
 */
export function changeVariables(
  text: string,
  values: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const before = parseEnv(text);
  // What says so already stays as it is written.
  const changes = new Map([...values].filter(([name, value]) => before[name] !== value));
  if (changes.size === 0) return text;
  const missing = new Map([...changes].filter(([, value]) => value !== undefined));
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const kept = lines.flatMap((line) => {
    const name = /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line)?.[1];
    if (name === undefined || !changes.has(name)) return [line];
    const value = missing.get(name);
    missing.delete(name);
    return value === undefined ? [] : [renderVariable(name, value)];
  });
  const added = [...missing].map(([name, value]) => renderVariable(name, value ?? ''));
  const changed = [...kept, ...added].map((line) => `${line}${lineEnd}`).join('');
  return saysOnly(changed, { ...before, ...Object.fromEntries(values) }) ? changed : undefined;
}

function renderVariable(name: string, value: string): string {
  const quote = PLAIN.test(value) ? '' : (QUOTES.find((each) => !value.includes(each)) ?? '');
  return `${name}=${quote}${value}${quote}`;
}

function saysOnly(text: string, wanted: Readonly<Record<string, string | undefined>>): boolean {
  const read = parseEnv(text);
  const names = new Set([...Object.keys(read), ...Object.keys(wanted)]);
  return [...names].every((name) => read[name] === wanted[name]);
}
