// The calls of the page. No framework, no state but what is passed in: the tests run it as it is.

/**
 * @typedef {{ kind: 'key', names: string[] } | { kind: 'token' }} Proof
 * @typedef {{ application?: { id: string, proof: Proof }, secret: string, way: 'auto' | 'straight' | 'portal' }} Choice
 */

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Statuses of which a Response must have no body (Fetch, 2.2.3). */
const NO_BODY = new Set([204, 205, 304]);

const NOT_LISTED = 'The description of this version does not list this server, so that nothing was sent.';
const NOT_STRAIGHT = 'The API does not let this page call it, or cannot be reached.';
const ONCE = ` It was not sent again, since it may have arrived. Choose “through the portal” for calls that change something.`;
const NEEDS_APPLICATION = ' Choose an application with access, so that the portal can call it for you.';

/** @param {string} url @param {readonly string[]} servers */
export const isListed = (url, servers) => {
  const { origin, pathname } = new URL(url);
  return servers.some((base) => origin + pathname === base || (origin + pathname).startsWith(`${base}/`));
};

/**
 * A fetch for calls to the API: straight where it lets pages of this origin call it (CORS), else through the portal. No call
 * that may change something is ever sent twice: whether it can go straight is found out with a HEAD of the same headers.
 * @param {{ servers: readonly string[], proxy: string | null, own: string, fetch: typeof fetch, choice: () => Choice,
 *   onSent: (way: 'straight' | 'portal') => void }} needs
 * @returns {typeof fetch}
 */
export function createFetch({ servers, proxy, own, fetch, choice, onSent }) {
  /** @type {Map<string, 'straight' | 'portal'>} */
  const known = new Map();

  return async (input, init) => {
    const request = new Request(input, init);
    const { origin } = new URL(request.url);
    if (!isListed(request.url, servers)) {
      if (origin === own && SAFE.has(request.method)) return fetch(request);
      throw new TypeError(NOT_LISTED);
    }
    const { application, secret, way } = choice();
    const headers = proven(request.headers, application, secret);
    const body = SAFE.has(request.method) ? undefined : new Uint8Array(await request.arrayBuffer());
    const call = { method: request.method, url: request.url, headers, body, signal: request.signal };
    const portal = proxy && application ? () => through(call, application.id) : undefined;
    if (way === 'portal') return (portal ?? refuse(NOT_STRAIGHT + NEEDS_APPLICATION))();
    if (way === 'straight' || !portal) {
      return straight(call).catch(failing(call, NOT_STRAIGHT + (way === 'straight' ? '' : NEEDS_APPLICATION)));
    }
    if (!known.has(origin) && !SAFE.has(call.method)) known.set(origin, await probe(call));
    if (known.get(origin) === 'portal') return portal();
    if (!SAFE.has(call.method)) return straight(call).catch(failing(call, NOT_STRAIGHT + ONCE));
    try {
      const answer = await straight(call);
      known.set(origin, 'straight');
      return answer;
    } catch (error) {
      if (call.signal.aborted) throw error;
      known.set(origin, 'portal');
      return portal();
    }
  };

  async function straight({ method, url, headers, body, signal }) {
    const answer = await fetch(url, { method, headers, body, signal, ...PLAIN });
    onSent('straight');
    return answer;
  }

  /** HEAD is safe (RFC 9110, 9.2.1), and needs the same permission for the same headers. */
  function probe({ url, headers, signal }) {
    return fetch(url, { method: 'HEAD', headers, signal, ...PLAIN }).then(
      () => 'straight',
      () => 'portal',
    );
  }

  async function through({ method, url, headers, body, signal }, application_id) {
    const answer = await fetch(proxy, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ application_id, method, url, headers: [...headers], body: toBase64(body) }),
      signal,
    });
    const read = await answer.json();
    if (!answer.ok) throw new TypeError(read.detail ?? 'The portal did not make this call.');
    onSent('portal');
    return toResponse(read, url);
  }
}

/** Nothing of this origin goes along, and nothing is kept. */
const PLAIN = /** @type {const} */ ({
  mode: 'cors',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  cache: 'no-store',
});

const refuse = (text) => async () => {
  throw new TypeError(text);
};

const failing =
  ({ signal }, text) =>
  (error) => {
    throw signal.aborted ? error : new TypeError(text);
  };

/** With the key or token of the bar, unless the call has one under that name. */
function proven(given, application, secret) {
  const headers = new Headers(given);
  if (!application || secret === '') return headers;
  const { proof } = application;
  if (proof.kind === 'key') {
    if (!proof.names.some((name) => headers.get(name))) headers.set(proof.names[0], secret);
  } else if (!headers.get('authorization')) headers.set('authorization', `Bearer ${secret}`);
  return headers;
}

const PIECE = 0x8000;

function toBase64(bytes) {
  if (!bytes || bytes.length === 0) return undefined;
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}

/** The API's answer as if it had come straight. Its address is kept, so that the page shows what was called. */
async function toResponse({ status, headers, body }, url) {
  const shown = new Headers(headers);
  let content = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  const coding = shown.get('content-encoding');
  if (coding === 'gzip' || coding === 'deflate') {
    content = await new Response(
      new Blob([content]).stream().pipeThrough(new DecompressionStream(coding)),
    ).arrayBuffer();
    shown.delete('content-encoding');
  }
  const answer = new Response(NO_BODY.has(status) ? null : content, { status, headers: shown });
  Object.defineProperty(answer, 'url', { value: url });
  return answer;
}
