/** A row of the settings table. */
import type * as z from 'zod';

/** Who needs a setting: the server, commands that talk to the upstream, or every command. */
export type Scope = 'server' | 'upstream' | 'common';

export interface Setting {
  /** Name of the variable, in the environment or in `.env`. */
  readonly env: string;
  /** Without the leading dashes. Omitted if the setting has no flag. */
  readonly flag?: string;
  /** The flag takes no value; its presence means true. */
  readonly isSwitch?: true;
  /** Parses the given text or the default; gets undefined if there is neither. */
  readonly schema: z.ZodType;
  /** What the schema accepts, for error messages. */
  readonly allowed: string;
  /** As text, as a user would write it. */
  readonly default: string | undefined;
  readonly scope: Scope;
  readonly describe: string;
  /** A variable of this name and `_FILE` may name a file with the value: not in a file that came with a folder. */
  readonly hasFile?: boolean;
  /** Its value is never printed. */
  readonly secret?: true;
}
