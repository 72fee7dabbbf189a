/** The SQL function `encode_ratio(width, height)`: the ratio of an image as a byte (see src/task/ratio.ts). */
import { encodeRatio } from '../../task/ratio.ts';
import type { Sqlite } from './database.ts';

export function defineRatioFunction({ raw }: Pick<Sqlite, 'raw'>): void {
  raw.function('encode_ratio', { deterministic: true }, (width, height) =>
    encodeRatio(Number(width), Number(height)),
  );
}
