/** A request to generate, in the forms that people paste: for curl, the vendor's command line, Python, and as JSON. */

export const REQUEST_FORMS = ['curl', 'cli', 'python', 'json'] as const;
export type RequestForm = (typeof REQUEST_FORMS)[number];

type Request = Readonly<Record<string, unknown>>;

const BASE_URL = 'https://api.acedata.cloud';

/** @param task tells which of the vendor's routes it goes to */
export function formatRequest(
  form: RequestForm,
  request: Request,
  task: { videos: readonly unknown[] },
): string {
  const isVideo = task.videos.length > 0 || 'mode' in request;
  const url = `${BASE_URL}/flux/${isVideo ? 'videos' : 'images'}`;
  switch (form) {
    case 'json':
      return JSON.stringify(request, undefined, 2);
    case 'curl':
      return [
        `curl ${url} \\`,
        '  -H "authorization: Bearer $ACEDATACLOUD_API_TOKEN" \\',
        "  -H 'content-type: application/json' \\",
        `  -d ${quoteForShell(JSON.stringify(request))}`,
      ].join('\n');
    case 'cli':
      return formatCommand(request);
    case 'python':
      return formatPython(url, request);
  }
}

/** In single quotes, in which a POSIX shell reads nothing but the closing one. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The vendor's FluxCli: `flux generate PROMPT --model …`, `flux edit PROMPT --image-url …`. */
function formatCommand(request: Request): string {
  const { action, prompt, ...options } = request;
  const command = action === 'edit' ? 'edit' : 'generate';
  const flags = Object.entries(options)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `--${name.replaceAll('_', '-')} ${quoteForShell(String(value))}`);
  return [`flux ${command} ${quoteForShell(String(prompt ?? ''))}`, ...flags].join(' \\\n  ');
}

function formatPython(url: string, request: Request): string {
  // JSON is read as JSON, because its true, false and null are no names in Python.
  return [
    'import json, os, urllib.request',
    '',
    `body = json.loads(${JSON.stringify(JSON.stringify(request))})`,
    'request = urllib.request.Request(',
    `    ${JSON.stringify(url)},`,
    '    data=json.dumps(body).encode(),',
    '    headers={',
    '        "authorization": f"Bearer {os.environ[\'ACEDATACLOUD_API_TOKEN\']}",',
    '        "content-type": "application/json",',
    '    },',
    ')',
    'print(urllib.request.urlopen(request).read().decode())',
  ].join('\n');
}
