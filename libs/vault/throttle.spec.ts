import { addressGroup, createThrottle, delayMs, LIMITS } from './throttle.js';

const HOUR_MS = 3_600_000;

describe('the throttle', () => {
  const clock = { now: 1_000_000 };
  const fresh = () => createThrottle({ hash: (text) => `h:${text}`, now: () => clock.now });

  const check = (throttle: ReturnType<typeof fresh>, account: string, address: string) => {
    const admission = throttle.check('sign-in', account, address);
    return admission.allowed ? 'allowed' : admission.retryAfterSeconds;
  };

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
      if (admission.allowed) continue;
      clock.now += admission.retryAfterSeconds * 1000;
      expect(check(throttle, account, address(n))).toBe('allowed');
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
      expect(check(throttle, `account-${n}`, '10.0.0.1')).toBe('allowed');
    }
    expect(check(throttle, 'one more', '10.0.0.1')).toBe(1);
    expect(check(throttle, 'one more', '10.0.0.2')).toBe('allowed');
  });

  it('admits one attempt per wait, however many are sent at once', () => {
    const throttle = fresh();
    attack(throttle, 8, 'ada', (n) => `10.0.0.${n}`);
    clock.now += 8_000;
    const burst = Array.from({ length: 20 }, (_, n) => throttle.check('sign-in', 'ada', `10.1.0.${n}`).allowed);
    expect(burst.filter(Boolean)).toHaveLength(1);
  });

  it('admits no more than the free attempts of those that are sent at once', () => {
    const throttle = fresh();
    const burst = Array.from({ length: 60 }, (_, n) => check(throttle, 'ada', `10.2.0.${n}`));
    expect(burst.filter((answer) => answer === 'allowed')).toHaveLength(LIMITS.account.free);
    expect(burst.at(-1)).toBe(1);
  });

  it('does not count what is taken back, nor forgets later because of it', () => {
    const throttle = fresh();
    for (let n = 0; n < 4; n += 1) check(throttle, 'ada', '10.0.0.1');
    for (let minute = 0; minute < 59; minute += 1) {
      const admission = throttle.check('sign-in', 'ada', '10.0.0.1');
      expect(admission.allowed).toBe(true);
      if (admission.allowed) admission.takeBack();
      clock.now += 60_000;
    }
    expect([check(throttle, 'ada', '10.0.0.1'), check(throttle, 'ada', '10.0.0.1')]).toEqual(['allowed', 1]);

    const later = fresh();
    for (let n = 0; n < 4; n += 1) check(later, 'bob', '10.0.0.1');
    clock.now += HOUR_MS / 2;
    const admission = later.check('sign-in', 'bob', '10.0.0.1');
    if (admission.allowed) admission.takeBack();
    clock.now += HOUR_MS / 2 + 1;
    const burst = Array.from({ length: 6 }, () => check(later, 'bob', '10.0.0.1'));
    expect(burst).toEqual([...new Array<string>(5).fill('allowed'), 1]);
  });

  it('takes back one of several that are under way, and keeps the others counted', () => {
    const throttle = fresh();
    const all = Array.from({ length: 5 }, (_, n) => throttle.check('sign-in', 'ada', `10.0.0.${n}`));
    expect(check(throttle, 'ada', '10.1.0.1')).toBe(1);
    if (all[0]!.allowed) all[0]!.takeBack();
    expect([check(throttle, 'ada', '10.1.0.1'), check(throttle, 'ada', '10.1.0.1')]).toEqual(['allowed', 1]);
  });

  it('cannot keep the owner out of an account: an address that got in before is exempt', () => {
    const throttle = fresh();
    throttle.succeeded('sign-in', 'ada', '192.0.2.1');
    attack(throttle, 30, 'ada', (n) => `10.0.0.${n}`);
    expect(check(throttle, 'ada', '10.9.9.9')).toBe(60);
    expect(check(throttle, 'ada', '192.0.2.1')).toBe('allowed');
    expect(check(throttle, 'bob', '192.0.2.1')).toBe('allowed');
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
    attack(throttle, 25, 'ada', () => '10.0.0.1');
    throttle.succeeded('sign-in', 'mallory', '10.0.0.1');
    expect(check(throttle, 'mallory', '10.0.0.1')).toBeGreaterThan(0);
    expect(check(throttle, 'ada', '10.0.0.2')).toBeGreaterThan(0);
    throttle.succeeded('sign-in', 'ada', '192.0.2.1');
    expect(check(throttle, 'ada', '10.0.0.2')).toBe('allowed');
  });

  it('does not lengthen the wait of a refused attempt', () => {
    const throttle = fresh();
    attack(throttle, 7, 'ada', () => '10.0.0.1');
    for (let n = 0; n < 100; n += 1) expect(check(throttle, 'ada', '10.0.0.2')).toBe(4);
    clock.now += 4_000;
    expect(check(throttle, 'ada', '10.0.0.2')).toBe('allowed');
  });

  it('keeps actions apart and forgets after an hour', () => {
    const throttle = fresh();
    attack(throttle, 33, 'ada', () => '10.0.0.1');
    expect(check(throttle, 'ada', '10.0.0.1')).toBe(900);
    expect(throttle.check('reset', 'ada', '10.0.0.1').allowed).toBe(true);
    clock.now += HOUR_MS + 1;
    for (let n = 0; n < LIMITS.account.free; n += 1) expect(check(throttle, 'ada', '10.0.0.1')).toBe('allowed');
  });

  it('knows accounts and addresses by their keyed hash only', () => {
    const hashed: string[] = [];
    const throttle = createThrottle({ hash: (text) => (hashed.push(text), 'same'), now: () => clock.now });
    for (let n = 0; n < LIMITS.account.free; n += 1) check(throttle, 'ada', '10.0.0.1');
    expect(hashed.some((text) => text.includes('ada'))).toBe(true);
    expect(check(throttle, 'somebody else', '10.0.0.77')).toBeGreaterThan(0);
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
