import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PortalRefusal } from '../refusal.ts';
import type { CloudParts } from './parts.ts';
import { pemBody } from './pem.ts';
import { type Call, type Handler, type HttpMethod, ROUTES } from './routes.ts';

/** Messages to devices are the largest bodies, and they have 64 KiB. */
const LONGEST_BODY = 256 * 1024;

/** The HTTP API of a portal: JSON in and out, for who has the token. What it answers lasts. */
export function createApi(parts: CloudParts, token: string): Server {
  return createServer((request, response) => {
    answer(request, parts, token).then(
      (text) => reply(response, text === '' ? 204 : 200, text),
      (error: unknown) => {
        const { status, errorCode, message } = refusalOf(error);
        reply(response, status, textOf({ errorCode, message }));
      },
    );
  });
}

async function answer(request: IncomingMessage, parts: CloudParts, token: string): Promise<string> {
  if (!hasToken(request, token)) throw new PortalRefusal(401, 'the token is missing or wrong', 401_000);
  const { handler, names } = routed(request);
  const call: Call = { names, body: await bodyOf(request) };
  const result = await handler(call, parts);
  await parts.state.lasting();
  return textOf(result);
}

function routed({ url = '/', method }: IncomingMessage): { handler: Handler; names: readonly string[] } {
  const [path = ''] = url.split('?');
  const words = path.split('/').filter(Boolean).map(decoded);
  for (const route of ROUTES) {
    const names = match(route.path, words);
    if (names === undefined) continue;
    const handler = route.methods[method as HttpMethod];
    if (handler !== undefined) return { handler, names };
    throw new PortalRefusal(405, `${path} takes ${Object.keys(route.methods).join(', ')}`);
  }
  throw new PortalRefusal(404, `there is no ${path}`);
}

/** The variable parts of a path; undefined where it is another. */
function match(pattern: string, words: readonly string[]): string[] | undefined {
  const expected = pattern.split('/').filter(Boolean);
  if (expected.length !== words.length) return undefined;
  const isVariable = (index: number) => expected[index]?.startsWith(':') === true;
  const fits = words.every((word, index) => isVariable(index) || word === expected[index]);
  return fits ? words.filter((_, index) => isVariable(index)) : undefined;
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    throw new PortalRefusal(400, 'the path is not encoded as a URL is');
  }
}

/** Digests, because the texts to compare must be of one length. */
function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const bytes = await bytesOf(request);
  if (bytes.length === 0) return undefined;
  const text = bytes.toString();
  try {
    return pemBody(text) ?? JSON.parse(text);
  } catch {
    throw new PortalRefusal(400, 'the body is not JSON', 400_004);
  }
}

function bytesOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    // What comes behind the limit is read and dropped, so that the answer arrives.
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LONGEST_BODY) chunks.push(chunk);
      else reject(new PortalRefusal(413, `a body has at most ${LONGEST_BODY} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function refusalOf(error: unknown): PortalRefusal {
  if (error instanceof PortalRefusal) return error;
  // JSON that is nested so deeply that the stack ends.
  if (error instanceof RangeError) return new PortalRefusal(400, 'the JSON is nested too deeply', 400_004);
  return new PortalRefusal(500, (error as Error).message);
}

/** Empty for nothing. */
function textOf(result: unknown): string {
  return result === undefined ? '' : `${JSON.stringify(result)}\n`;
}

function reply(response: ServerResponse, status: number, text: string): void {
  // Who sent too much, or what is not read to its end, is not listened to any longer.
  const close = status === 413 || status === 401 ? { connection: 'close' } : {};
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...close,
  });
  response.end(text);
}
