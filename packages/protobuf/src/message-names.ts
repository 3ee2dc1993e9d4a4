import { fromBinary } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { type DescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';

/** A message with the messages inside it, in the order of the file. */
interface MessageTree {
  readonly name: string;
  readonly nested: readonly MessageTree[];
}

/**
 * Returns a function that names a message by its indexes, for a file as a registry returns it: the text of a `.proto` file,
 * or a `FileDescriptorProto` in base64.
 *
 * @throws TypeError, also from the returned function, for a file or indexes that do not name a message.
 */
export const messageNames = (text: string): ((indexes: readonly number[]) => string) => {
  const { prefix, messages } = isDescriptor(text) ? ofDescriptor(text) : ofText(text);
  return (indexes) => {
    const path: string[] = prefix === '' ? [] : [prefix];
    let level = messages;
    for (const index of indexes) {
      const message = level[index];
      if (message === undefined) throw new TypeError(`the writer's schema has no message at [${indexes.join(', ')}]`);
      path.push(message.name);
      level = message.nested;
    }
    return path.join('.');
  };
};

interface FileTree {
  readonly prefix: string;
  readonly messages: readonly MessageTree[];
}

const isDescriptor = (text: string): boolean => /^[A-Za-z0-9+/]+={0,2}$/.test(text.trim());

const ofDescriptor = (text: string): FileTree => {
  const { package: prefix, messageType } = fromBinary(FileDescriptorProtoSchema, base64Decode(text.trim()));
  return { prefix, messages: messageType.map(treeOf) };
};

/** Map entries are messages of descriptors only: indexes do not count them. */
const treeOf = ({ name, nestedType }: DescriptorProto): MessageTree => ({
  name,
  nested: nestedType.filter(({ options }) => options?.mapEntry !== true).map(treeOf),
});

/** Comments and strings, which may hold any words; names; and the braces and semicolons that give the structure. */
const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\w.]+|[{};]/g;

const ofText = (text: string): FileTree => {
  const root = { name: '', nested: [] as MessageTree[] };
  // Blocks of enums, services and options keep their level of braces, but are no messages.
  const open: (typeof root | undefined)[] = [root];
  let prefix = '';
  let statement: string[] = [];
  for (const [word] of text.matchAll(token)) {
    if (word.startsWith('/') || word.startsWith('"') || word.startsWith("'")) continue;
    if (word === '{') {
      const parent = open.at(-1);
      const name = messageName(statement);
      const message = name === undefined || parent === undefined ? undefined : { name, nested: [] };
      if (message !== undefined) parent?.nested.push(message);
      open.push(message ?? (statement[0] === 'oneof' ? parent : undefined));
      statement = [];
    } else if (word === '}') {
      open.pop();
      statement = [];
    } else if (word === ';') {
      if (statement[0] === 'package') prefix = statement[1] ?? '';
      statement = [];
    } else {
      statement.push(word);
    }
  }
  if (root.nested.length === 0) throw new TypeError("the writer's schema has no messages");
  return { prefix, messages: root.nested };
};

/** Returns the name of the message that a statement before a brace begins: `message Order` or `repeated group Line = 1`. */
const messageName = (statement: readonly string[]): string | undefined => {
  if (statement[0] === 'message') return statement[1];
  const group = statement.indexOf('group');
  return group === 0 || group === 1 ? statement[group + 1] : undefined;
};
