/** The segments of a JPEG (ITU-T T.81, annex B). */

const MARKER = 0xff;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
/** Markers without a segment: padding, and the restarts within a scan. */
const hasNoSegment = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Whether it has several scans (progressive, or one component after the other), so that its decoder must keep all of it. */
export function hasSeveralScans(bytes: Buffer): boolean {
  let components = 0;
  for (const { marker, offset } of listSegments(bytes)) {
    if (isStartOfFrame(marker)) {
      if ((marker & 0x03) === 0x02) return true; // progressive
      components = bytes[offset + 9] ?? 0;
    }
    if (marker === START_OF_SCAN) return (bytes[offset + 4] ?? 0) < components;
  }
  return true; // unusual: better to assume the worse
}

/** Whether the end of the image is there: decoders fill in what is missing before it. */
export function isJpegComplete(bytes: Buffer): boolean {
  for (const { marker } of listSegments(bytes)) if (marker === END_OF_IMAGE) return true;
  return false;
}

/** Every marker, and where it is. The compressed data of a scan is skipped. */
function* listSegments(bytes: Buffer): Generator<{ marker: number; offset: number }> {
  let offset = 2;
  while (offset + 1 < bytes.length) {
    const marker = bytes[offset + 1] ?? 0;
    // Bytes of a scan, where a zero follows each 0xff; or padding.
    if (bytes[offset] !== MARKER || marker === 0x00 || marker === MARKER) {
      const next = bytes.indexOf(MARKER, offset + 1);
      if (next === -1) return;
      offset = next;
      continue;
    }
    yield { marker, offset };
    if (hasNoSegment(marker)) offset += 2;
    else if (offset + 4 > bytes.length) return;
    else offset += 2 + bytes.readUInt16BE(offset + 2);
  }
}

/** C0 to CF, except the tables among them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
