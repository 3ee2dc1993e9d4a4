/** The members of groups of both protocols. */
import { createAPI, describeGroupsV5, type Reader, Writer } from '@platformatic/kafka';
import type { Cluster } from '../client/cluster.js';
import { failureCodes, throwIf } from '../client/failures.js';

/** A member as its group describes it. */
export interface DescribedMember {
  readonly clientId: string;
  readonly clientHost: string;
}

interface DescribedGroup {
  readonly error: number;
  readonly message: string | null;
  readonly members: readonly DescribedMember[];
}

/** The error of a group of the other protocol, or that has never had a member. */
const notFound = failureCodes.groupIdMissing;

const parsePartitions = (reader: Reader): void => {
  reader.readArray((one) => {
    one.readUUID();
    one.readString();
    one.readArray((each) => each.readInt32(), true, false);
  });
  reader.readTaggedFields();
};

/** The description of a group of KIP-848. The package reads the list of its topics as one text. */
const consumerGroupDescribe = createAPI<[group: string], DescribedGroup>(
  69,
  0,
  (group: string) =>
    Writer.create()
      .appendArray([group], (w, one) => w.appendString(one), true, false)
      .appendBoolean(false)
      .appendTaggedFields(),
  (_id, _key, _version, reader) => {
    reader.readInt32();
    const [found] = reader.readArray((one): DescribedGroup => {
      const error = one.readInt16();
      const message = one.readNullableString();
      one.readString();
      one.readString();
      one.readInt32();
      one.readInt32();
      one.readString();
      const members = one.readArray((each): DescribedMember => {
        each.readString();
        each.readNullableString();
        each.readNullableString();
        each.readInt32();
        const member = { clientId: each.readString(), clientHost: each.readString() };
        each.readArray((topic) => topic.readString(), true, false);
        each.readNullableString();
        parsePartitions(each);
        parsePartitions(each);
        return member;
      });
      one.readInt32();
      return { error, message, members };
    });
    return found ?? { error: notFound, message: null, members: [] };
  },
);

/** Returns the members of a group; none of an unknown one. Throws RequestError when the broker refuses. */
export const groupMembers = async (cluster: Cluster, group: string): Promise<readonly DescribedMember[]> => {
  if (cluster.hasConsumerProtocol) {
    const found = await cluster.coordinate(
      'group',
      group,
      { codeOf: ({ error }) => error },
      consumerGroupDescribe,
      group,
    );
    if (found.error !== notFound) {
      throwIf(found.error, found.message);
      return found.members;
    }
  }
  const response = await cluster.coordinate(
    'group',
    group,
    { codeOf: ({ groups }) => groups[0]?.errorCode ?? 0 },
    describeGroupsV5.api,
    [group],
    false,
  );
  const [found] = response.groups;
  if (found === undefined || found.errorCode === notFound) return [];
  throwIf(found.errorCode);
  return found.members;
};
