/** Changes variables in the text of a `.env` file, as `node:util` reads it; everything else stays as it is. */
import { parseEnv } from 'node:util';

/** What needs no quotes. */
const PLAIN = /^[\w@%+=:,./~-]+$/;
const QUOTES = ["'", '"', '`'];

/**
 * @param values undefined removes a variable
 * @returns undefined if the text can't say it, or says other things after the change: lines of a quoted value look like variables
 */
export function changeVariables(
  text: string,
  values: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const missing = new Map([...values].filter(([, value]) => value !== undefined));
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const kept = lines.flatMap((line) => {
    const name = /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line)?.[1];
    if (name === undefined || !values.has(name)) return [line];
    const value = missing.get(name);
    missing.delete(name);
    return value === undefined ? [] : [renderVariable(name, value)];
  });
  const added = [...missing].map(([name, value]) => renderVariable(name, value ?? ''));
  const changed = [...kept, ...added].map((line) => `${line}\n`).join('');
  return saysOnly(changed, { ...parseEnv(text), ...Object.fromEntries(values) }) ? changed : undefined;
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
