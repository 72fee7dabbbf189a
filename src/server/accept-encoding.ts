/** What a client says that it decodes (RFC 9110, section 12.5.3). */

/** @param accepted the header `accept-encoding`, or nothing @param name of a coding, in lower case */
export function acceptsEncoding(accepted: string | undefined, name: string): boolean {
  return (accepted ?? '').split(',').some((item) => {
    const [coding, ...params] = item.trim().toLowerCase().split(';');
    return coding === name && !params.some((param) => /^\s*q=0(?:\.0*)?$/.test(param));
  });
}
