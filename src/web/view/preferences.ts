/** What a reader has chosen, in cookies, so that the server renders the page in that way from its first byte. */
import { DENSITIES, type Density } from '../layout/geometry.ts';
import { LANGUAGES, type Language } from './i18n/dictionary.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly theme: Theme;
  /** Undefined: as the browser says. */
  readonly language: Language | undefined;
  readonly density: Density;
  /** Whether prompts stand under the pictures, also when nothing is searched for. */
  readonly captions: boolean;
  /** Whether single keys do something (WCAG 2.1.4). */
  readonly shortcuts: boolean;
  /** IANA name, as the browser reported it; empty before its first visit. */
  readonly timeZone: string;
}

/** Names of the cookies. None of them is a secret. */
const COOKIES = {
  theme: 'fm-theme',
  language: 'fm-language',
  density: 'fm-density',
  captions: 'fm-captions',
  shortcuts: 'fm-shortcuts',
  timeZone: 'fm-time-zone',
} as const satisfies Record<keyof Preferences, string>;

/** @param readCookie the value of a cookie */
export function readPreferences(readCookie: (name: string) => string | undefined): Preferences {
  const choose = <T extends string>(name: keyof Preferences, values: readonly T[]): T | undefined => {
    const text = readCookie(COOKIES[name]);
    return values.find((value) => value === text);
  };
  return {
    theme: choose('theme', THEMES) ?? 'system',
    language: choose('language', LANGUAGES),
    density: choose('density', DENSITIES) ?? 'medium',
    captions: readCookie(COOKIES.captions) === 'true',
    shortcuts: readCookie(COOKIES.shortcuts) !== 'false',
    timeZone: readCookie(COOKIES.timeZone) ?? '',
  };
}

const YEAR_SECONDS = 365 * 86_400;

/** The assignment to `document.cookie` that stores a choice. @param path of the pages, ends with a slash */
export function formatPreferenceCookie(name: keyof Preferences, value: string, path: string): string {
  return `${COOKIES[name]}=${encodeURIComponent(value)}; Path=${path}; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}
