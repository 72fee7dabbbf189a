/** Reads zips whose files are stored without compression (APPNOTE.TXT, section 4.3), and checks them. */
import { crc32 } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const IS_UTF8 = 1 << 11;

/** The contents of the files by their names. @throws an error for anything that is not as it must be */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.length - 22;
  expectValue(zip.readUInt32LE(end), END_OF_DIRECTORY);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const files = new Map<string, Buffer>();
  for (let number = 0; number < count; number += 1) {
    expectValue(zip.readUInt32LE(at), DIRECTORY_ENTRY);
    expectValue(zip.readUInt16LE(at + 8) & IS_UTF8, IS_UTF8);
    const [size, nameLength] = [zip.readUInt32LE(at + 24), zip.readUInt16LE(at + 28)];
    const name = zip.subarray(at + 46, at + 46 + nameLength).toString();
    const local = zip.readUInt32LE(at + 42);
    expectValue(zip.readUInt32LE(local), LOCAL_HEADER);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(start, start + size);
    expectValue(crc32(content), zip.readUInt32LE(at + 16));
    if (files.has(name)) throw new Error(`${name} is there twice`);
    files.set(name, content);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  expectValue(at, end);
  return files;
}

function expectValue(given: number, expected: number): void {
  if (given !== expected) throw new Error(`the zip has ${given} where ${expected} must be`);
}
