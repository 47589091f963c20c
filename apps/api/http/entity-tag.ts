/** Whether an If-None-Match header (RFC 9110, section 13.1.2; weak comparison) names the tag, or any with `*`. */
export const matchesTag = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag || one.trim() === '*');
