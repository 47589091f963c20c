import type { Context } from '../../http/context.js';
import type { Sender } from '../../http/sender.js';
import type { Actor } from '#domain/core/decider.js';
import type { Person } from '#sso/person.js';

/** At each sign-in: the provider's groups decide on the developer's teams, where the portal says so. */
export async function takeGroups(
  sender: Sender,
  context: Context,
  developerId: string,
  { groups }: Person,
  actor: Actor,
): Promise<void> {
  if (!context.portal.state.idp_mapping_enabled) return;
  await sender.send(context, 'SetTeamsFromGroups', { developer_id: developerId, groups }, { actor });
}
