/** The calls of the public API and their options and functions, read with the TypeScript checker. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** An option of a call. */
export interface PublicOption {
  readonly name: string;
  readonly required: boolean;
  /** The texts that it takes, if it takes no others. */
  readonly literals: readonly string[];
}

/** A function, constructor or method of the public API. */
export interface PublicCall {
  /** Such as `tumbling` or `Stream.filter`; further signatures with other options are `Stream.join/2`. */
  readonly name: string;
  /** The functions that it takes, by the names of their parameters; true for one that may be left out. */
  readonly functions: ReadonlyMap<string, boolean>;
  /** The options that it takes, by the names of their parameters. */
  readonly options: ReadonlyMap<string, readonly PublicOption[]>;
}

/** The limits of the search. */
export interface Search {
  /** The entries of packages, from `packages/`. */
  readonly entries: readonly string[];
  /** The names of types that are neither options nor functions of the user, such as `Topic`. */
  readonly values: ReadonlySet<string>;
  /** The names of interfaces that the library implements, such as `App`. */
  readonly provided: ReadonlySet<string>;
}

const packages = new URL('../../../', import.meta.url);

/** Returns the calls that take options or functions. */
export const publicCalls = (search: Search): readonly PublicCall[] => {
  const files = search.entries.map((entry) => fileURLToPath(new URL(entry, packages)));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    customConditions: ['@kstreams/source'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  });
  const reader = new CallReader(program.getTypeChecker(), search);
  for (const file of files) reader.read(program.getSourceFile(file) as ts.SourceFile);
  return reader.calls.sort((one, other) => (one.name < other.name ? -1 : 1));
};

class CallReader {
  readonly calls: PublicCall[] = [];
  readonly #checker: ts.TypeChecker;
  readonly #search: Search;
  readonly #seen = new Set<ts.Symbol>();

  constructor(checker: ts.TypeChecker, search: Search) {
    this.#checker = checker;
    this.#search = search;
  }

  read(file: ts.SourceFile): void {
    const module = this.#checker.getSymbolAtLocation(file);
    for (const exported of module === undefined ? [] : this.#checker.getExportsOfModule(module)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? this.#checker.getAliasedSymbol(exported) : exported;
      if (this.#seen.has(symbol) || !isOurs(symbol)) continue;
      this.#seen.add(symbol);
      if (!isTypeOnly(exported)) this.#readValue(exported.name, symbol);
      const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
      if (isClass || this.#search.provided.has(exported.name))
        this.#readMethods(exported.name, this.#checker.getDeclaredTypeOfSymbol(symbol));
    }
  }

  #readValue(name: string, symbol: ts.Symbol): void {
    if ((symbol.flags & ts.SymbolFlags.Value) === 0) return;
    const type = this.#checker.getTypeOfSymbol(symbol);
    this.#add(name, [...type.getCallSignatures(), ...type.getConstructSignatures()]);
    if ((symbol.flags & ts.SymbolFlags.Class) !== 0) this.#readMethods(name, type);
  }

  #readMethods(owner: string, type: ts.Type): void {
    for (const member of type.getProperties()) {
      if (!isOurs(member) || isPrivate(member)) continue;
      const signatures = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(member)).getCallSignatures();
      this.#add(`${owner}.${member.name}`, signatures);
    }
  }

  /** Adds a call for each list of parameter names. */
  #add(name: string, signatures: readonly ts.Signature[]): void {
    const found = new Map<string, PublicCall>();
    const label = this.calls.some((one) => one.name === name) ? `${name} of its package` : name;
    for (const signature of signatures) {
      const call = this.#callOf(name, signature);
      if (call.functions.size + call.options.size === 0) continue;
      const key = signature.getParameters().map(nameOf).join();
      const known = found.get(key);
      found.set(key, known === undefined ? call : { ...call, options: merged(known.options, call.options) });
    }
    for (const [at, call] of [...found.values()].entries())
      this.calls.push({ ...call, name: at === 0 ? label : `${label}/${at + 1}` });
  }

  #callOf(name: string, signature: ts.Signature): PublicCall {
    const functions = new Map<string, boolean>();
    const options = new Map<string, readonly PublicOption[]>();
    for (const parameter of signature.getParameters()) {
      const given = this.#checker.getTypeOfSymbol(parameter);
      const type = this.#checker.getNonNullableType(this.#checker.getBaseConstraintOfType(given) ?? given);
      if (this.#isFunction(type)) functions.set(parameter.name, isOptional(parameter));
      else if (this.#isOptions(type)) options.set(nameOf(parameter), this.#optionsOf(type));
    }
    return { name, functions, options };
  }

  #isFunction(type: ts.Type): boolean {
    if (this.#isValue(type)) return false;
    return type.isUnion() ? type.types.some((one) => this.#isFunction(one)) : type.getCallSignatures().length > 0;
  }

  #isOptions(type: ts.Type): boolean {
    if (this.#isValue(type) || type.isUnion() || (type.flags & ts.TypeFlags.NonPrimitive) !== 0) return false;
    const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
    const isList = this.#checker.isArrayType(type) || this.#checker.isTupleType(type);
    return isObject && !isList && type.getProperties().length > 0;
  }

  /** True for an instance of a class, a type of another package and a type that the search names. */
  #isValue(type: ts.Type): boolean {
    const names = [type.aliasSymbol, type.getSymbol()].flatMap((symbol) => symbol?.name ?? []);
    if (names.some((name) => this.#search.values.has(name))) return true;
    if (type.isIntersection()) return type.types.some((one) => this.#isValue(one));
    const symbol = type.getSymbol();
    const flags = symbol?.flags ?? 0;
    if (symbol === undefined || (flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) === 0) return false;
    return (flags & ts.SymbolFlags.Class) !== 0 || !isOurs(symbol);
  }

  #optionsOf(type: ts.Type): readonly PublicOption[] {
    return type.getProperties().map((property) => ({
      name: property.name,
      required: !isOptional(property),
      literals: this.#literalsOf(this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(property))),
    }));
  }

  #literalsOf(type: ts.Type): readonly string[] {
    const all = type.isUnion() ? type.types : [type];
    const texts = ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral;
    if (all.some(({ flags }) => (flags & texts) !== 0)) return [];
    return all.flatMap((one) => (one.isStringLiteral() ? one.value : []));
  }
}

/** Returns the options that either signature takes. One is required if both require it. */
const merged = (ones: PublicCall['options'], others: PublicCall['options']): PublicCall['options'] =>
  new Map(
    [...ones].map(([parameter, options]) => {
      const same = others.get(parameter) ?? [];
      const names = new Set([...options, ...same].map(({ name }) => name));
      const union = [...names].map((name) => {
        const both = [options, same].map((all) => all.find((option) => option.name === name));
        const [first] = both.filter((option) => option !== undefined);
        return { ...(first as PublicOption), required: both.every((option) => option?.required === true) };
      });
      return [parameter, union];
    }),
  );

const isTypeOnly = (exported: ts.Symbol): boolean =>
  (exported.declarations ?? []).some(
    (one) => ts.isExportSpecifier(one) && (one.isTypeOnly || one.parent.parent.isTypeOnly),
  );

const isPrivate = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((one) => {
    const name = ts.getNameOfDeclaration(one);
    const hidden = (ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private) !== 0;
    return hidden || (name !== undefined && ts.isPrivateIdentifier(name));
  });

const isOurs = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).every((declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'));

const isOptional = (symbol: ts.Symbol): boolean => {
  if ((symbol.flags & ts.SymbolFlags.Optional) !== 0) return true;
  const declaration = symbol.valueDeclaration;
  return (
    declaration !== undefined &&
    ts.isParameter(declaration) &&
    (declaration.questionToken ?? declaration.initializer) !== undefined
  );
};

/** The name of a parameter; `options` for one that is taken apart. */
const nameOf = ({ name }: ts.Symbol): string => (name.startsWith('__') ? 'options' : name);
