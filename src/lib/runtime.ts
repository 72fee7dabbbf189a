/** Checks the Node version. Imports nothing, so that it runs on a Node that is too old for the rest. */

/** Node-API version of better-sqlite3 13: Node 22.14 and 23.6 are the first with it, and it crashes on older ones. */
const MIN_NODE_API = 10;
/** The oldest minor version of Node 20 for a source checkout, which can install a separate driver there. */
const MIN_NODE_20_MINOR = 19;

/** End-of-life dates of Node's major versions (https://github.com/nodejs/release#release-schedule); UTC. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
  26: '2029-04-30',
};

export interface RuntimeCheck {
  /** Why the program can't run, in one line. */
  readonly error?: string;
  /** What the operator should know although it runs. */
  readonly warning?: string;
}

/**
 * Decides whether this Node version is supported.
 * @param versions as in `process.versions`
 * @param hasNode20Driver whether better-sqlite3 12 is installed in a source checkout
 */
export function checkRuntime(
  { node, napi }: { readonly node: string; readonly napi?: string | undefined },
  hasNode20Driver: boolean,
  nowMs: number,
): RuntimeCheck {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const hasDriver =
    major === 20 ? minor >= MIN_NODE_20_MINOR && hasNode20Driver : Number(napi) >= MIN_NODE_API;
  if (!hasDriver) {
    return {
      error: `Node.js 22.14 or newer is needed (24 LTS is recommended), and this is ${node}${describeRequirement(major, minor)}`,
    };
  }
  const endOfLife = END_OF_LIFE[major];
  if (endOfLife === undefined || nowMs < Date.parse(endOfLife)) return {};
  return {
    warning: `Node.js ${major} is past its end of life (${endOfLife}) and gets no security fixes; 24 LTS is recommended`,
  };
}

function describeRequirement(major: number, minor: number): string {
  if (major !== 20 || minor < MIN_NODE_20_MINOR) return '';
  return '; a source checkout also runs on it after `node scripts/install-node20-driver.mjs`';
}
