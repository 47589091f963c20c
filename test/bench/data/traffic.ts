const APPLICATIONS = 300;
const VERSIONS = 20;

export interface Traffic {
  /** The busiest first. */
  readonly applications: readonly string[];
  /** Records of the milliseconds before `now`, as a gateway sends them, in the order of time. */
  batch(count: number, now: number, within: number): readonly object[];
  /** Three applications of one developer. */
  developer(i: number): readonly string[];
}

/** Calls by many applications, few of which make most of them (Zipf), the same for the same seed. */
export function createTraffic(seed: number): Traffic {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const id = (kind: number, i: number) => `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(i).padStart(12, '0')}`;
  const applications = Array.from({ length: APPLICATIONS }, (_, i) => id(1, i));
  const versions = Array.from({ length: VERSIONS }, (_, i) => id(2, i));
  const STATUSES = [200, 200, 200, 200, 200, 200, 201, 204, 304, 400, 404, 429, 500];

  return {
    applications,
    developer: (i) => [0, 1, 2].map((j) => applications[(i * 3 + j) % APPLICATIONS]!),
    batch(count, now, within) {
      return Array.from({ length: count }, (_, i) => {
        const application = Math.floor(APPLICATIONS ** random()) - 1;
        return {
          application_id: applications[application],
          product_version_id: versions[(application + Math.floor(random() * 3)) % VERSIONS],
          status: STATUSES[Math.floor(random() * STATUSES.length)],
          time: new Date(now - within + Math.floor((i / count) * within)).toISOString(),
          latency_ms: Math.round(-40_000 * Math.log(1 - random())) / 1000,
          request_bytes: Math.floor(random() * 2_000),
          response_bytes: Math.floor(500 / (1 - random())),
        };
      });
    },
  };
}
