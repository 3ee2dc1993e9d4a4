import type * as TypeScript from 'typescript';
import type { Shape } from '../input/shape.js';
import type { Shapes } from '../run/messages.js';

type Compiler = typeof TypeScript;

const deepest = 4;

/** Returns the shape of the values of each `topic('name', …)` call in a file, read from its type. */
export const topicShapes = (ts: Compiler, service: TypeScript.LanguageService, file: string): Shapes => {
  const program = service.getProgram();
  const source = program?.getSourceFile(file);
  if (program === undefined || source === undefined) return {};
  const checker = program.getTypeChecker();
  const shapes: Record<string, Shape> = {};
  const visit = (node: TypeScript.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'topic') {
      const [name] = node.arguments;
      const serde = checker.getTypeAtLocation(node).getProperty('value');
      const value = serde && checker.getTypeOfSymbolAtLocation(serde, node).getProperty('decode');
      const decode = value && checker.getTypeOfSymbolAtLocation(value, node).getCallSignatures()[0];
      if (name !== undefined && ts.isStringLiteral(name) && decode !== undefined) {
        shapes[name.text] = shapeOf(ts, checker, decode.getReturnType(), node, deepest);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return shapes;
};

const shapeOf = (
  ts: Compiler,
  checker: TypeScript.TypeChecker,
  type: TypeScript.Type,
  at: TypeScript.Node,
  depth: number,
): Shape => {
  const is = (flag: TypeScript.TypeFlags): boolean => (type.flags & flag) !== 0;
  if (is(ts.TypeFlags.Boolean)) return { kind: 'boolean' };
  if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: 'one-of', values: [type.value] };
  if (is(ts.TypeFlags.StringLike)) return { kind: 'string' };
  if (is(ts.TypeFlags.NumberLike)) return { kind: 'number' };
  if (type.isUnion()) {
    const some = type.types.filter((one) => (one.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) === 0);
    const literals = some.flatMap((one) => (one.isStringLiteral() || one.isNumberLiteral() ? [one.value] : []));
    if (literals.length > 0 && literals.length === some.length) return { kind: 'one-of', values: literals };
    const [first] = some;
    return first === undefined ? { kind: 'unknown' } : shapeOf(ts, checker, first, at, depth);
  }
  if (depth === 0) return { kind: 'unknown' };
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const [of] = checker.getTypeArguments(type as TypeScript.TypeReference);
    return of === undefined ? { kind: 'unknown' } : { kind: 'list', of: shapeOf(ts, checker, of, at, depth - 1) };
  }
  const fields = checker.getPropertiesOfType(type);
  if (!is(ts.TypeFlags.Object) || fields.length === 0) return { kind: 'unknown' };
  return {
    kind: 'object',
    fields: Object.fromEntries(
      fields.map((field) => [
        field.name,
        shapeOf(ts, checker, checker.getTypeOfSymbolAtLocation(field, at), at, depth - 1),
      ]),
    ),
  };
};
