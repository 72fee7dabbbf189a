/** Sizes in settings: `500kB`, `64MiB`, `2GB`. */

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
const SIZE = /^(\d+(?:\.\d+)?) ?([kmgt]?i?b)$/;

/** @returns whole bytes; undefined if the text is not a size (the unit is required) */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = SIZE.exec(text.trim().toLowerCase()) ?? [];
  const factor = UNIT_BYTES[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}
