/** An invalid setting; the message names it, its value and what is allowed, in one line. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}
