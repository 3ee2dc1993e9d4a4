/** The character between a client id and the label of a member; no label has it. */
const labelMark = '~';

/** Returns the client id of a member with a label: a client id is all that a group shows of its members. */
export const labelledClientId = (clientId: string, label: string | undefined): string =>
  label === undefined ? clientId : `${clientId}${labelMark}${label}`;

/** Returns the label in the client id of a member, if there is one. */
export const labelOf = (clientId: string): { readonly label?: string } => {
  const at = clientId.lastIndexOf(labelMark);
  return at < 0 ? {} : { label: clientId.slice(at + labelMark.length) };
};
