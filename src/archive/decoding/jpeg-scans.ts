/** Whether a JPEG has several scans, so that its decoder must keep all of it (ITU-T T.81, annex B). */

const START_OF_SCAN = 0xda;

/** True for a progressive one, and for a baseline one that has its components one after the other. */
export function hasSeveralScans(bytes: Buffer): boolean {
  let components = 0;
  let isProgressive = false;
  for (let offset = 2; offset + 10 <= bytes.length && bytes[offset] === 0xff; ) {
    const marker = bytes[offset + 1] ?? 0;
    if (marker === START_OF_SCAN) return isProgressive || (bytes[offset + 4] ?? 0) < components;
    if (isStartOfFrame(marker)) {
      components = bytes[offset + 9] ?? 0;
      isProgressive = (marker & 0x03) === 0x02;
    }
    offset += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(offset + 2); // 0xff is padding
  }
  return true; // unusual: better to assume the worse
}

/** C0 to CF, except the tables among them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
