import type { View } from '../port.js';

/** Every view of the service, in the order that status lists them. */
export const allViews: readonly View[] = [];
