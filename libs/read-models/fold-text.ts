/**
 * How texts are compared where case, marks and width do not count: NFKD without marks, lower case, trimmed. A view keeps
 * such a twin, `<field>_folded`, of each field that is sorted by name or searched in.
 */
export const foldText = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
