/** Which Node runs this, and whether that will do. Imports nothing, so that it runs on a Node that is too old for the rest. */

/** The oldest that the package supports. */
const MINIMUM = [22, 12] as const;
/** The oldest for a source checkout, which can install a driver of its own there. */
const MINIMUM_OF_NODE_20 = 19;

/** Ends of life of Node's major versions (https://github.com/nodejs/release#release-schedule); UTC. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
  26: '2029-04-30',
};

export interface RuntimeCheck {
  /** Why the program can't run here, in one line. */
  readonly error?: string;
  /** What a person should know although it runs. */
  readonly warning?: string;
}

/**
 * Decides whether this Node will do.
 * @param version as in `process.versions.node`
 * @param hasNode20Driver whether better-sqlite3 12 is installed beside a source checkout
 */
export function checkRuntime(version: string, hasNode20Driver: boolean, nowMs: number): RuntimeCheck {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!isSupported(major, minor, hasNode20Driver)) {
    return {
      error: `flux-mirror needs Node.js 22.12 or newer (24 LTS is recommended), and this is ${version}${hintFor(major, minor)}`,
    };
  }
  const endOfLife = END_OF_LIFE[major];
  if (endOfLife === undefined || nowMs < Date.parse(endOfLife)) return {};
  return {
    warning: `Node.js ${major} is past its end of life (${endOfLife}) and gets no security fixes; 24 LTS is recommended`,
  };
}

function isSupported(major: number, minor: number, hasNode20Driver: boolean): boolean {
  if (major === 20) return minor >= MINIMUM_OF_NODE_20 && hasNode20Driver;
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

function hintFor(major: number, minor: number): string {
  if (major !== 20 || minor < MINIMUM_OF_NODE_20) return '';
  return '; a source checkout also runs on it after `node scripts/install-node20-driver.mjs`';
}
