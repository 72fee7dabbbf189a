/** What a row of the table of settings says. */
import type * as z from 'zod';

/** Who needs a setting: the server, whatever talks to the upstream, or every command. */
export type Scope = 'server' | 'upstream' | 'common';

export interface Setting {
  /** The variable, in the environment or in `.env`. */
  readonly env: string;
  /** Without the leading dashes. Left out: the setting has no flag. */
  readonly flag?: string;
  /** The flag takes no value; being there means true. */
  readonly isSwitch?: true;
  /** Parses the text that was given, or undefined where there is neither a text nor a default. */
  readonly schema: z.ZodType;
  /** What the schema takes, for people. */
  readonly allowed: string;
  /** As it would be given. */
  readonly default: string | undefined;
  readonly scope: Scope;
  readonly describe: string;
  /** Its value is never printed. */
  readonly secret?: true;
}
