import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PIECE_BYTES, splitJson } from '../../src/files/json-pieces.ts';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The texts and problems of a file. */
async function piecesOf(text: string | Uint8Array, chunkSize = 7): Promise<string[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const pieces: string[] = [];
  for await (const piece of splitJson(inChunks(bytes, chunkSize)))
    pieces.push('problem' in piece ? `${piece.line}! ${piece.problem}` : `${piece.line}: ${piece.bytes}`);
  return pieces;
}

describe('the documents of a file', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['white space', ' \n\r\n\t', []],
    ['lines', '{"id":"a"}\n{"id":"b"}\n', ['1: {"id":"a"}', '2: {"id":"b"}']],
    [
      'lines without an end, with CR and a byte order mark',
      '\ufeff{"id":"a"}\r\n\n{"id":"b"}',
      ['1: {"id":"a"}\r', '3: {"id":"b"}'],
    ],
    ['an array', '[{"a":"]}"},{"b":[1,{"c":"\\"["}]}]', ['1: {"a":"]}"}', '1: {"b":[1,{"c":"\\"["}]}']],
    [
      'an array over lines',
      '[\n  {"a": 1},\n  {\n    "b": 2\n  }\n]\n',
      ['2: {"a": 1}', '3: {\n    "b": 2\n  }'],
    ],
    ['a page of a list', '{"items":[{"a":1},{"b":2}],"count":2,"x":"\\\\"}', ['1: {"a":1}', '1: {"b":2}']],
    [
      'pages, one a line',
      '{"items":[{"a":1}],"count":1}\n{"items":[{"b":2}]}\n{"c":3}',
      ['1: {"a":1}', '2: {"b":2}', '3: {"c":3}'],
    ],
    [
      'a page over lines',
      '{\n "items" : [\n {"a":1}\n ],\n "count": 1\n}\n{"b":2}',
      ['3: {"a":1}', '7: {"b":2}'],
    ],
    [
      'one document over lines',
      '{\n  "id": "a",\n  "x": "}"\n}\n{"id":"b"}',
      ['1: {\n  "id": "a",\n  "x": "}"\n}', '5: {"id":"b"}'],
    ],
    ['an empty array', '[]\n{"a":1}', ['2: {"a":1}']],
    [
      'values that are no objects',
      '[1,"a,b",null,true]\n"x"',
      ['1: 1', '1: "a,b"', '1: null', '1: true', '2: "x"'],
    ],
    ['a broken line', '{"a":\n{"b":2}', ['1: {"a":', '2: {"b":2}']],
    ['an object that never ends', '{\n"a":1\n', ['1: {', '2: "a":1']],
    ['an array that never ends', '[{"a":1},{"b":', ['1: {"a":1}', '1! not valid JSON']],
    ['an array that is not closed', '[{"a":1}', ['1: {"a":1}', '1! the list has no end']],
    [
      'values appended on one line',
      '{"a":1}{"b":"}{"} [{"c":3}]{"d":4}',
      ['1: {"a":1}', '1: {"b":"}{"}', '1: {"c":3}', '1: {"d":4}'],
    ],
    ['values separated by commas', '{"a":1},\n{"b":2},{"c":3}\n', ['1: {"a":1}', '2: {"b":2}', '2: {"c":3}']],
    ['a JSON text sequence', '\u001e{"a":1}\n\u001e{"b":2}\n', ['1: {"a":1}', '2: {"b":2}']],
    [
      'files with byte order marks, one after another',
      '\ufeff{"a":1}\n\ufeff{"b":2}',
      ['1: {"a":1}', '2: {"b":2}'],
    ],
    [
      'values over lines, appended',
      '{"a":\n1}{ "b": {\n} }\n[\n{"c":3}\n]{\n"d":4}',
      ['1: {"a":\n1}', '2: { "b": {\n} }', '5: {"c":3}', '6: {\n"d":4}'],
    ],
    ['garbage behind a value', '{"a":1}\0\0\n{"b":2}', ['1: {"a":1}', '1: \0\0', '2: {"b":2}']],
    [
      'an envelope whose list comes later',
      '{"count":2,"more":{"items":[0],"id":1},"items":[{"a":1},{"b":2}],"x":[]}{"c":3}',
      ['1: {"a":1}', '1: {"b":2}', '1: {"c":3}'],
    ],
    [
      'a document that has items, and an empty envelope',
      '{"id":"a","items":[1]}\n{"items":[]}\n{"count":0,"items":[]}{"b":2}',
      ['1: {"id":"a","items":[1]}', '3: {"b":2}'],
    ],
    [
      'an envelope that is cut off behind its list',
      '{"items":[{"a":1}],"count":',
      ['1: {"a":1}', '1! the list has no end'],
    ],
    [
      'an envelope that is never closed, before other values',
      '{"items":[{"a":1}]\n{"b":2}\n{"c":3}',
      ['1: {"a":1}', '2! the list has no end', '2: {"b":2}', '3: {"c":3}'],
    ],
    [
      'an object that was cut off, before others',
      '{"a":"x\n{"b":2}\n{"c":[1,\n{"d":4}\n{"e":5}',
      ['1: {"a":"x', '2: {"b":2}', '3: {"c":[1,', '4: {"d":4}', '5: {"e":5}'],
    ],
    ['a stray bracket in an array', '[{"a":1},}\n{"b":2}', ['1: {"a":1}', '1! not valid JSON', '2: {"b":2}']],
  ])('%s', async (_name, text, expected) => {
    for (const size of [1, 2, 3, 1000]) expect(await piecesOf(text, size)).toEqual(expected);
  });

  test('a line that is too long is rejected, and only that line', async () => {
    const text = `{"a":1}\n{"b":"${'x'.repeat(MAX_PIECE_BYTES)}"}\n{"c":3}`;
    const pieces = (await piecesOf(text, 1 << 20)).map((piece) => piece.slice(0, 100));
    expect(pieces).toEqual(['1: {"a":1}', `2! longer than ${MAX_PIECE_BYTES} bytes`, '3: {"c":3}']);
  });
});

const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), {
  minKeys: 1,
  noNullPrototype: true,
});

test('any documents in any format and any chunking are read with their exact bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(object, { maxLength: 6 }),
      fc.constantFrom(
        'lines',
        'array',
        'page',
        'late page',
        'pages',
        'indented array',
        'indented',
        'appended',
      ),
      fc.integer({ min: 1, max: 50 }),
      async (objects, form, chunkSize) => {
        const texts = objects.map((value) => JSON.stringify(value, null, form === 'indented' ? 2 : 0));
        const forms = {
          lines: texts.join('\n'),
          array: `[${texts.join(',')}]`,
          page: `{"items":[${texts.join(',')}],"count":${texts.length}}`,
          'late page': `{"count":${texts.length},"a":{"items":[[]]},"items":[${texts.join(', ')}]}`,
          appended: texts.join(''),
          pages: texts.map((text) => `{"items":[${text}],"more":{"a":["}"]}}`).join('\n'),
          'indented array': `[\n  ${texts.join(' ,\n  ')}\n]\n`,
          indented: texts.join('\n'),
        };
        const pieces = await piecesOf(forms[form], chunkSize);
        expect(pieces.map((piece) => piece.replace(/^\d+: /, ''))).toEqual(texts);
      },
    ),
    { numRuns: 300 },
  );
});

test('many objects that are cut off are read in linear time', async () => {
  const text = '{"a":[{\n'.repeat(20_000);
  let bytes = 0;
  const count = async function* () {
    for await (const chunk of inChunks(Buffer.from(text), 4096)) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  let pieces = 0;
  for await (const piece of splitJson(count())) pieces += 'problem' in piece ? 0 : 1;
  expect([pieces, bytes]).toEqual([20_000, text.length]);
});

test('any input terminates, and valid lines among invalid ones are not lost', async () => {
  // A line that begins a list or an object on its own reaches over its end; no other does.
  const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => {
    const text = Buffer.from(bytes).filter((byte) => byte !== 0x0a);
    return Buffer.concat([Buffer.from('#'), text]);
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(noise, { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      async (lines, size) => {
        const good = lines.map((_, at) => `{"good":${at}}`);
        const file = Buffer.concat(lines.flatMap((line, at) => [line, Buffer.from(`\n${good[at]}\n`)]));
        const pieces = await piecesOf(file, size);
        for (const line of good) expect(pieces.some((piece) => piece.endsWith(line))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      async (bytes, size) => {
        await piecesOf(bytes, size);
      },
    ),
    { numRuns: 500 },
  );
});
