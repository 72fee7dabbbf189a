/** Reads the part of a Dockerfile's language that ours uses; anything else is an error, so that nothing is passed over. */

export interface Stage {
  readonly name: string | undefined;
  readonly image: string;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'env'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'run'; readonly command: string }
  | {
      readonly kind: 'copy';
      readonly from: string | undefined;
      readonly sources: string[];
      readonly to: string;
    }
  | { readonly kind: 'volume' | 'expose'; readonly value: string }
  | { readonly kind: 'healthcheck' | 'cmd'; readonly args: readonly string[] };

/** @throws Error for an instruction, or a form of one, that is not known */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages: { name: string | undefined; image: string; steps: Step[] }[] = [];
  for (const line of lines) {
    const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (instruction === 'FROM') {
      const [, image = '', name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? [];
      stages.push({ name, image, steps: [] });
    } else stages.at(-1)?.steps.push(parseStep(instruction, rest, line));
  }
  return stages;
}

function parseStep(instruction: string, rest: string, line: string): Step {
  switch (instruction) {
    case 'WORKDIR':
      return { kind: 'workdir', path: rest };
    case 'USER':
      return { kind: 'user', name: rest };
    case 'ENV':
      return { kind: 'env', values: new Map(rest.split(/\s+/).map(parseAssignment)) };
    case 'RUN':
      return { kind: 'run', command: rest };
    case 'COPY':
      return parseCopy(rest);
    case 'VOLUME':
      return { kind: 'volume', value: rest };
    case 'EXPOSE':
      return { kind: 'expose', value: rest };
    case 'HEALTHCHECK':
      return { kind: 'healthcheck', args: parseArgs(rest.replace(/^(?:--\S+\s+)*CMD\s+/, '')) };
    case 'CMD':
      return { kind: 'cmd', args: parseArgs(rest) };
    default:
      throw new Error(`not known in a Dockerfile: ${line}`);
  }
}

function parseAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`not an assignment: ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function parseCopy(rest: string): Step {
  const [, from] = /^--from=(\S+)\s/.exec(rest) ?? [];
  const paths = rest.replace(/^--\S+\s+/, '').split(/\s+/);
  return { kind: 'copy', from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' };
}

/** The form that needs no shell. */
function parseArgs(text: string): string[] {
  const args: unknown = JSON.parse(text);
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string'))
    throw new Error(`not a list of arguments: ${text}`);
  return args;
}
