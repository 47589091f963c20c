/** A page that a browser has got to. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export interface Visit {
  /** Form fields: makes it a POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** Called with every address that is to be followed; true stops there, and the redirect itself is the page. */
  readonly stopAt?: (url: URL) => boolean;
}

export interface Browser {
  /** Goes to an address and follows redirects, with the cookies of each server. */
  visit(url: string, visit?: Visit): Promise<Page>;
  /** Names of the cookies that a server has set. */
  cookies(origin: string): readonly string[];
  /** The Cookie header for an address. */
  cookieHeader(url: string): string;
  /** Puts a cookie there as an attacker's page on a neighbouring host could. */
  plant(origin: string, name: string, value: string): void;
}

const ACCEPT = 'text/html,application/xhtml+xml,*/*;q=0.8';

/** As much of a browser as signing in takes: cookies with paths, redirects, forms. Cookies are kept by host and port. */
export function browser(): Browser {
  const jars = new Map<string, Map<string, Cookie>>();
  const jar = (origin: string) => jars.get(origin) ?? jars.set(origin, new Map()).get(origin)!;

  function cookieHeader(address: string): string {
    const { origin, pathname } = new URL(address);
    return [...jar(origin)]
      .filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  function keep(origin: string, headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
      const ended = value === '' || attributes.some((one) => /^max-age=0$|^expires=thu, 01 jan 1970/i.test(one));
      if (ended) jar(origin).delete(name);
      else jar(origin).set(name, { value, path });
    }
  }

  return {
    cookies: (origin) => [...jar(origin).keys()],
    cookieHeader,
    plant: (origin, name, value) => void jar(origin).set(name, { value, path: '/' }),
    async visit(start, { form, stopAt } = {}) {
      let body = form && new URLSearchParams(form);
      let url = new URL(start);
      for (let hops = 0; hops < 20; hops++) {
        const cookie = cookieHeader(url.href);
        const response = await fetch(url, {
          method: body ? 'POST' : 'GET',
          redirect: 'manual',
          headers: { accept: ACCEPT, ...(cookie ? { cookie } : {}) },
          ...(body ? { body } : {}),
        });
        keep(url.origin, response.headers);
        const text = await response.text();
        const location = response.headers.get('location');
        const page: Page = { url: url.href, status: response.status, headers: response.headers, text };
        if (response.status < 300 || response.status > 399 || location === null) return page;
        const next = new URL(location, url);
        if (stopAt?.(next)) return { ...page, url: next.href };
        body = undefined;
        url = next;
      }
      throw new Error(`more than 20 redirects from ${start}`);
    },
  };
}
