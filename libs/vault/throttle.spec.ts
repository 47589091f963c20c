import { addressGroup, createThrottle, delayMs, LIMITS } from './throttle.js';

const HOUR_MS = 3_600_000;

describe('the throttle', () => {
  const clock = { now: 1_000_000 };
  const fresh = () => createThrottle({ hash: (text) => `h:${text}`, now: () => clock.now });

  /** Fails as often and as fast as the throttle allows; returns the waits in seconds between attempts. */
  function attack(
    throttle: ReturnType<typeof fresh>,
    attempts: number,
    account: string,
    address: (n: number) => string,
  ) {
    const waits: number[] = [];
    for (let n = 0; n < attempts; n += 1) {
      const admission = throttle.check('sign-in', account, address(n));
      waits.push(admission.allowed ? 0 : admission.retryAfterSeconds);
      if (!admission.allowed) clock.now += admission.retryAfterSeconds * 1000;
      expect(throttle.check('sign-in', account, address(n))).toEqual({ allowed: true });
      throttle.failed('sign-in', account, address(n));
    }
    return waits;
  }

  it('lets five guesses at an account pass and then doubles the wait to a cap, whatever the addresses', () => {
    const waits = attack(fresh(), 14, 'ada', (n) => `10.0.0.${n}`);
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('slows an address down that tries many accounts', () => {
    const throttle = fresh();
    for (let n = 0; n < LIMITS.address.free; n += 1) {
      expect(throttle.check('sign-in', `account-${n}`, '10.0.0.1').allowed).toBe(true);
      throttle.failed('sign-in', `account-${n}`, '10.0.0.1');
    }
    expect(throttle.check('sign-in', 'one more', '10.0.0.1')).toEqual({ allowed: false, retryAfterSeconds: 1 });
    expect(throttle.check('sign-in', 'one more', '10.0.0.2').allowed).toBe(true);
  });

  it('admits one attempt per wait, however many are sent at once', () => {
    const throttle = fresh();
    for (let n = 0; n < 8; n += 1) throttle.failed('sign-in', 'ada', `10.0.0.${n}`);
    clock.now += 8_000;
    const burst = Array.from({ length: 20 }, (_, n) => throttle.check('sign-in', 'ada', `10.1.0.${n}`).allowed);
    expect(burst.filter(Boolean)).toHaveLength(1);
  });

  it('cannot keep the owner out of an account: an address that got in before is exempt', () => {
    const throttle = fresh();
    throttle.succeeded('sign-in', 'ada', '192.0.2.1');
    attack(throttle, 30, 'ada', (n) => `10.0.0.${n}`);
    expect(throttle.check('sign-in', 'ada', '10.9.9.9').allowed).toBe(false);
    expect(throttle.check('sign-in', 'ada', '192.0.2.1').allowed).toBe(true);
    expect(throttle.check('sign-in', 'bob', '192.0.2.1').allowed).toBe(true);
  });

  it('still counts the guesses from an exempt address, against that address', () => {
    const throttle = fresh();
    throttle.succeeded('sign-in', 'ada', '192.0.2.1');
    const waits = attack(throttle, 22, 'ada', () => '192.0.2.1');
    expect(waits.slice(0, 20)).toEqual(new Array(20).fill(0));
    expect(waits.slice(20)).toEqual([1, 2]);
  });

  it('clears the account on success but not the address, which an attacker could clear with an account of their own', () => {
    const throttle = fresh();
    for (let n = 0; n < 20; n += 1) throttle.failed('sign-in', 'ada', '10.0.0.1');
    throttle.succeeded('sign-in', 'mallory', '10.0.0.1');
    expect(throttle.check('sign-in', 'mallory', '10.0.0.1').allowed).toBe(false);
    throttle.succeeded('sign-in', 'ada', '192.0.2.1');
    expect(throttle.check('sign-in', 'ada', '10.0.0.2').allowed).toBe(true);
  });

  it('does not lengthen the wait of a refused attempt', () => {
    const throttle = fresh();
    for (let n = 0; n < 7; n += 1) throttle.failed('sign-in', 'ada', '10.0.0.1');
    for (let n = 0; n < 100; n += 1) {
      expect(throttle.check('sign-in', 'ada', '10.0.0.2')).toEqual({ allowed: false, retryAfterSeconds: 4 });
    }
    clock.now += 4_000;
    expect(throttle.check('sign-in', 'ada', '10.0.0.2').allowed).toBe(true);
  });

  it('keeps actions apart and forgets after an hour', () => {
    const throttle = fresh();
    for (let n = 0; n < 30; n += 1) throttle.failed('reset', 'ada', '10.0.0.1');
    expect(throttle.check('reset', 'ada', '10.0.0.1')).toEqual({ allowed: false, retryAfterSeconds: 900 });
    expect(throttle.check('sign-in', 'ada', '10.0.0.1').allowed).toBe(true);
    clock.now += HOUR_MS + 1;
    throttle.failed('reset', 'ada', '10.0.0.1');
    expect(throttle.check('reset', 'ada', '10.0.0.1').allowed).toBe(true);
  });

  it('knows accounts and addresses by their keyed hash only', () => {
    const hashed: string[] = [];
    const throttle = createThrottle({ hash: (text) => (hashed.push(text), 'same'), now: () => clock.now });
    for (let n = 0; n < 20; n += 1) throttle.failed('sign-in', 'ada', '10.0.0.1');
    expect(hashed.some((text) => text.includes('ada'))).toBe(true);
    expect(throttle.check('sign-in', 'somebody else', '10.0.0.77').allowed).toBe(false);
  });

  it('has waits that grow to a cap and never overflow', () => {
    for (const limit of Object.values(LIMITS)) {
      const waits = Array.from({ length: 2_000 }, (_, n) => delayMs(limit, n));
      expect(waits).toEqual([...waits].sort((a, b) => a - b));
      expect(waits.at(-1)).toBe(limit.maxSeconds * 1000);
      expect(delayMs(limit, limit.free - 1)).toBe(0);
    }
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, group) => expect(addressGroup(address)).toBe(group));
});
