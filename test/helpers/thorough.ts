/** How much a test tries: little in `npm test`, as much as the fault matrix asks for in `npm run faults`. */

export const IS_THOROUGH = process.env.THOROUGH === 'true';

/** @param short for `npm test` @param long with THOROUGH=true */
export function tries(short: number, long: number): number {
  return IS_THOROUGH ? long : short;
}

/** Whether pages are tried in every theme, language and width: in `npm run test:web`. */
export const IS_WHOLE_WEB = process.env.WEB === 'all';

/** Whether every command runs in a process of its own, as those of a person do, and not only those that are about processes. */
export const IS_EVERY_COMMAND_STARTED = process.env.COMMANDS === 'started';
